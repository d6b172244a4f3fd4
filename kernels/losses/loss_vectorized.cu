// Derivatives of the loss, four neighbouring scores per thread. The gradient of the mean is read on the device, so that
// the host does not wait for it. Limit: the time of a launch.
#include "kernels/core/reference.h"
#include "kernels/losses/loss_criteria.cuh"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

struct Derivative {
  WeightedCriterion loss;
  const float* dloss;
  float share;  // weight of one score in the mean

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    Vec<float, N> v;
    for (int k = 0; k < N; ++k) v[k] = *dloss * share * loss.derivative(first + k);
    return v;
  }
};

void backward(const LossProblem& p, const LossBackward::Args& a, const Context&, Workspace) {
  const Derivative derivative = {WeightedCriterion(p, a), a.dloss.data<float>(),
                                 1 / static_cast<float>(p.shape.numel())};
  launch_elementwise("loss_backward", derivative, a.dx, true);
}

}  // namespace

extern const KernelVariant<LossBackward> loss_backward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
