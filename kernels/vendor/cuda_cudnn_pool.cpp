#include "kernels/vendor/cudnn_pool.h"

#if __has_include(<cudnn.h>)
#include "kernels/core/reference.h"
#include "kernels/vendor/cudnn_api.h"

namespace sonograd::kernels::vendor {
namespace {

struct Geometry {
  MapDescriptor x, y;
  Descriptor<cudnnPoolingDescriptor_t> window{cudnn().cudnnCreatePoolingDescriptor,
                                              cudnn().cudnnDestroyPoolingDescriptor};

  Geometry(const PoolProblem& p, cudnnPoolingMode_t mode)
      : x({p.batch, p.t, p.f, p.channels}), y({p.batch, p.out_t, p.out_f, p.channels}) {
    check(cudnn().cudnnSetPooling2dDescriptor(window, mode, CUDNN_PROPAGATE_NAN, static_cast<int>(p.kernel.t),
                                              static_cast<int>(p.kernel.f), 0, 0,
                                              static_cast<int>(p.stride.t), static_cast<int>(p.stride.f)));
  }
};

const char* why_not(const PoolProblem& p, const Context& context) {
  if (const char* reason = float_only(p, context)) return reason;
  if (p.input_shape().numel() > std::int64_t{INT32_MAX}) return "requires maps of less than 2^31 elements";
  return cudnn().library.why_not();
}

void forward(const PoolProblem& p, cudnnPoolingMode_t mode, const View& x, const Out& y) {
  const Geometry g(p, mode);
  const float beta = beta_of(y);
  check(cudnn().cudnnPoolingForward(cudnn_handle(), g.window, &kOne, g.x, x.pointer, &beta, g.y,
                                    y.view.pointer));
}

void run_max_forward(const PoolProblem& p, const MaxPoolForward::Args& args, const Context&, Workspace) {
  if (args.index.defined()) throw DeviceError("cuDNN does not return the indices of maxima");
  forward(p, CUDNN_POOLING_MAX, args.x, args.y);
}

void run_avg_forward(const PoolProblem& p, const AvgPoolForward::Args& args, const Context&, Workspace) {
  forward(p, CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING, args.x, args.y);
}

// The gradient of a mean reads neither x nor y, but cuDNN requires both: dx and dy have their extents.
void run_avg_backward(const PoolProblem& p, const AvgPoolBackward::Args& args, const Context&, Workspace) {
  const Geometry g(p, CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING);
  const float beta = beta_of(args.dx);
  void* dx = args.dx.view.pointer;
  check(cudnn().cudnnPoolingBackward(cudnn_handle(), g.window, &kOne, g.y, args.dy.pointer, g.y,
                                     args.dy.pointer, g.x, dx, &beta, g.x, dx));
}

template <class Op>
constexpr KernelVariant<Op> row(void (*run)(const PoolProblem&, const typename Op::Args&, const Context&,
                                            Workspace),
                                Choice choice) {
  return {.name = "cudnn", .target = DeviceKind::cuda, .why_not = why_not, .run = run, .choice = choice};
}

}  // namespace

// By name: a timing run does not depend on whether a call needs indices, which this row does not support.
extern const KernelVariant<MaxPoolForward> max_pool_forward_cudnn =
    row<MaxPoolForward>(run_max_forward, Choice::by_name);
extern const KernelVariant<AvgPoolForward> avg_pool_forward_cudnn =
    row<AvgPoolForward>(run_avg_forward, Choice::by_measure);
extern const KernelVariant<AvgPoolBackward> avg_pool_backward_cudnn =
    row<AvgPoolBackward>(run_avg_backward, Choice::by_measure);

}  // namespace sonograd::kernels::vendor
#endif
