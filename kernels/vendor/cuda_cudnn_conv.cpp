#include "kernels/vendor/cudnn_conv.h"

#if __has_include(<cudnn.h>)
#include "kernels/core/reference.h"
#include "kernels/vendor/cudnn_api.h"
#include "kernels/vendor/per_device.h"

namespace sonograd::kernels::vendor {
namespace {

// Descriptors of the operands and of the operation.
struct Geometry {
  MapDescriptor x, y, bias;
  Descriptor<cudnnFilterDescriptor_t> weight{cudnn().cudnnCreateFilterDescriptor,
                                             cudnn().cudnnDestroyFilterDescriptor};
  Descriptor<cudnnConvolutionDescriptor_t> operation{cudnn().cudnnCreateConvolutionDescriptor,
                                                     cudnn().cudnnDestroyConvolutionDescriptor};

  Geometry(const Conv2dProblem& p, Precision precision)
      : x({p.batch, p.t, p.f, p.in_channels}),
        y({p.batch, p.out_t, p.out_f, p.out_channels}),
        bias({1, 1, 1, p.out_channels}) {
    const auto narrow = [](std::int64_t extent) { return static_cast<int>(extent); };
    const auto& [stride, padding, dilation] = p.options;
    check(cudnn().cudnnSetFilter4dDescriptor(weight, CUDNN_DATA_FLOAT, CUDNN_TENSOR_NHWC,
                                             narrow(p.out_channels), narrow(p.in_channels),
                                             narrow(p.kernel.t), narrow(p.kernel.f)));
    check(cudnn().cudnnSetConvolution2dDescriptor(
        operation, narrow(padding.t_before), narrow(padding.f_before), narrow(stride.t), narrow(stride.f),
        narrow(dilation.t), narrow(dilation.f), CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT));
    set_math(precision == Precision::strict ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH);
  }
  void set_math(cudnnMathType_t math) const { check(cudnn().cudnnSetConvolutionMathType(operation, math)); }
};

// The three directions: each ranks the algorithms of cuDNN.
struct Forward {
  using Ranked = cudnnConvolutionFwdAlgoPerf_t;
  static cudnnStatus_t rank(const Geometry& g, int wanted, int* count, Ranked* ranked) {
    return cudnn().cudnnGetConvolutionForwardAlgorithm_v7(cudnn_handle(), g.x, g.weight, g.operation, g.y,
                                                          wanted, count, ranked);
  }
};
struct BackwardData {
  using Ranked = cudnnConvolutionBwdDataAlgoPerf_t;
  static cudnnStatus_t rank(const Geometry& g, int wanted, int* count, Ranked* ranked) {
    return cudnn().cudnnGetConvolutionBackwardDataAlgorithm_v7(cudnn_handle(), g.weight, g.y, g.operation,
                                                               g.x, wanted, count, ranked);
  }
};
struct BackwardWeight {
  using Ranked = cudnnConvolutionBwdFilterAlgoPerf_t;
  static cudnnStatus_t rank(const Geometry& g, int wanted, int* count, Ranked* ranked) {
    return cudnn().cudnnGetConvolutionBackwardFilterAlgorithm_v7(cudnn_handle(), g.x, g.y, g.operation,
                                                                 g.weight, wanted, count, ranked);
  }
};

template <class Direction>
struct Plan {
  Geometry geometry;
  typename Direction::Ranked best;

  Plan(const Conv2dProblem& p, Precision precision) : geometry(p, precision), best(best_for(p, precision)) {
    geometry.set_math(best.mathType);
  }

 private:
  // The algorithm that cuDNN expects to be fastest among those whose equal runs are equal bit for bit.
  typename Direction::Ranked best_for(const Conv2dProblem& p, Precision precision) const {
    constexpr int kMost = 16;
    typename Direction::Ranked ranked[kMost];
    int count = 0;
    check(Direction::rank(geometry, kMost, &count, ranked));
    for (const auto& candidate : std::span(ranked, static_cast<std::size_t>(count))) {
      const bool exact = precision != Precision::strict || candidate.mathType == CUDNN_FMA_MATH;
      if (candidate.status == CUDNN_STATUS_SUCCESS && candidate.determinism == CUDNN_DETERMINISTIC && exact) {
        return candidate;
      }
    }
    throw DeviceError(concat("cuDNN has no deterministic algorithm for convolution ", p.summary()));
  }
};

template <class Direction>
const Plan<Direction>& plan_of(const Conv2dProblem& p, const Context& context) {
  thread_local PerDevice<std::string, std::unique_ptr<Plan<Direction>>> plans;
  return *plans.get(concat(p.summary(), ' ', name_of(context.precision)),
                    [&](auto& plan) { plan = std::make_unique<Plan<Direction>>(p, context.precision); });
}

const char* why_not(const Conv2dProblem& p, const Context& context) {
  if (const char* reason = float_only(p, context)) return reason;
  if (context.precision == Precision::bf16) return "multiplies float32 maps in float32 or tf32 only";
  if (context.batch_invariant) return "the order of its sums depends on the batch";
  const Padding& padding = p.options.padding;
  if (padding.t_before != padding.t_after || padding.f_before != padding.f_after) {
    return "requires equal padding at both ends";
  }
  if (std::max(p.input_shape().numel(), p.output_shape().numel()) > std::int64_t{INT32_MAX}) {
    return "requires maps of less than 2^31 elements";
  }
  return cudnn().library.why_not();
}

template <class Op, class Direction>
constexpr KernelVariant<Op> row(void (*run)(const Conv2dProblem&, const typename Op::Args&, const Context&,
                                            Workspace)) {
  return {.name = "cudnn",
          .target = DeviceKind::cuda,
          .why_not = why_not,
          .workspace = [](const Conv2dProblem& p, const typename Op::Args&,
                          const Context& context) { return plan_of<Direction>(p, context).best.memory; },
          .run = run,
          .choice = Choice::by_measure};
}

void run_forward(const Conv2dProblem& p, const Conv2dForward::Args& args, const Context& context,
                 Workspace workspace) {
  const auto& [g, best] = plan_of<Forward>(p, context);
  const float beta = beta_of(args.y);
  void* y = args.y.view.pointer;
  check(cudnn().cudnnConvolutionForward(cudnn_handle(), &kOne, g.x, args.x.pointer, g.weight,
                                        args.weight.pointer, g.operation, best.algo,
                                        workspace.take<std::byte>(best.memory), best.memory, &beta, g.y, y));
  if (args.bias.defined()) {
    check(cudnn().cudnnAddTensor(cudnn_handle(), &kOne, g.bias, args.bias.pointer, &kOne, g.y, y));
  }
}

void run_backward_data(const Conv2dProblem& p, const Conv2dBackwardData::Args& args, const Context& context,
                       Workspace workspace) {
  const auto& [g, best] = plan_of<BackwardData>(p, context);
  const float beta = beta_of(args.dx);
  check(cudnn().cudnnConvolutionBackwardData(
      cudnn_handle(), &kOne, g.weight, args.weight.pointer, g.y, args.dy.pointer, g.operation, best.algo,
      workspace.take<std::byte>(best.memory), best.memory, &beta, g.x, args.dx.view.pointer));
}

void run_backward_weight(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args,
                         const Context& context, Workspace workspace) {
  const auto& [g, best] = plan_of<BackwardWeight>(p, context);
  const float beta = beta_of(args.dw);
  check(cudnn().cudnnConvolutionBackwardFilter(
      cudnn_handle(), &kOne, g.x, args.x.pointer, g.y, args.dy.pointer, g.operation, best.algo,
      workspace.take<std::byte>(best.memory), best.memory, &beta, g.weight, args.dw.view.pointer));
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_cudnn = row<Conv2dForward, Forward>(run_forward);
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_cudnn =
    row<Conv2dBackwardData, BackwardData>(run_backward_data);
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_cudnn =
    row<Conv2dBackwardWeight, BackwardWeight>(run_backward_weight);

}  // namespace sonograd::kernels::vendor
#endif
