#include "kernels/vendor/cudnn_norm.h"

#if __has_include(<cudnn.h>)
#include "kernels/core/reference.h"
#include "kernels/vendor/cudnn_api.h"
#include "kernels/vendor/per_device.h"

namespace sonograd::kernels::vendor {
namespace {

constexpr cudnnBatchNormMode_t kMode = CUDNN_BATCHNORM_SPATIAL;
constexpr double kEps = 1e-5;  // required, but not used: the saved statistics contain it

MapExtents map_of(const BatchNormProblem& p) {
  return {p.shape[0], p.rows / p.shape[0], 1, p.channels};
}

const char* why_not(const BatchNormProblem& p, const Context& context) {
  if (const char* reason = float_only(p, context)) return reason;
  if (p.shape.numel() > std::int64_t{INT32_MAX}) return "requires maps of less than 2^31 elements";
  return cudnn().library.why_not();
}

std::size_t statistics_workspace(const BatchNormProblem& p) {
  return Workspace::bytes(p.shape, p.dtype) + Workspace::bytes<float>(static_cast<std::size_t>(p.channels));
}

void run_statistics(const BatchNormProblem& p, const BatchNormStatistics::Args& args, const Context&,
                    Workspace workspace) {
  const MapDescriptor map(map_of(p)), channels({1, 1, 1, p.channels});
  const auto count = static_cast<std::size_t>(p.channels);
  float* y = workspace.take<float>(static_cast<std::size_t>(p.shape.numel()));
  float* zeros = workspace.take<float>(count);
  CHECK_CUDA(cudaMemsetAsync(zeros, 0, count * sizeof(float), cuda_stream()));
  const float beta = 0;
  check(cudnn().cudnnBatchNormalizationForwardTraining(
      cudnn_handle(), kMode, &kOne, &beta, map, args.x.pointer, map, y, channels, zeros, zeros,
      args.running.momentum, args.running.mean.pointer, args.running.var.pointer, args.eps, args.mean.pointer,
      args.inv_std.pointer));
}

void run_backward(const BatchNormProblem& p, const BatchNormBackward::Args& args, const Context&, Workspace) {
  const bool all = args.dx.view.defined() && args.dweight.view.defined() && args.dbias.view.defined();
  if (!all || !args.batch_statistics || args.dweight.adds() != args.dbias.adds()) {
    throw DeviceError(
        "cuDNN computes all three gradients of training, and adds to both parameters or to none");
  }
  const MapDescriptor map(map_of(p)), channels({1, 1, 1, p.channels});
  const float beta = beta_of(args.dx), parameter_beta = beta_of(args.dweight);
  check(cudnn().cudnnBatchNormalizationBackward(
      cudnn_handle(), kMode, &kOne, &beta, &kOne, &parameter_beta, map, args.x.pointer, map, args.dy.pointer,
      map, args.dx.view.pointer, channels, args.weight.pointer, args.dweight.view.pointer,
      args.dbias.view.pointer, kEps, args.mean.pointer, args.inv_std.pointer));
}

}  // namespace

extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_cudnn = {
    .name = "cudnn",
    .target = DeviceKind::cuda,
    .why_not = why_not,
    .workspace = statistics_workspace,
    .run = run_statistics,
    .choice = Choice::by_measure};
// By name: a timing run does not depend on the gradients that a call computes, and this row supports only some choices.
extern const KernelVariant<BatchNormBackward> batch_norm_backward_cudnn = {.name = "cudnn",
                                                                           .target = DeviceKind::cuda,
                                                                           .why_not = why_not,
                                                                           .run = run_backward,
                                                                           .choice = Choice::by_name};

}  // namespace sonograd::kernels::vendor
#endif
