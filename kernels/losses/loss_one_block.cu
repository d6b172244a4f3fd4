// Mean loss of a batch by one block: some thousand scores, as many operations, one launch. Limit: the time of a launch; only
// very large batches would gain from more blocks.
#include "kernels/core/reference.h"
#include "kernels/losses/loss_criteria.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 1024;

struct Params {
  WeightedCriterion loss;
  float* mean;
  std::int64_t count;
  bool add;
};

SONOGRAD_KERNEL(kThreads, loss_one_block_kernel, Params p) {
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < p.count; i += kThreads) sum += p.loss.value(i);
  sum = block_sum(sum);
  if (threadIdx.x == 0) write(*p.mean, sum / static_cast<float>(p.count), p.add);
}

void forward(const LossProblem& p, const LossForward::Args& a, const Context&, Workspace) {
  launch("loss_forward", loss_one_block_kernel, {{1}, {kThreads}},
         {WeightedCriterion(p, a), a.loss.data<float>(), p.shape.numel(), a.loss.adds()});
}

}  // namespace

extern const KernelVariant<LossForward> loss_forward_one_block = {
    .name = "one_block", .target = kTarget, .why_not = float_only, .run = forward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
