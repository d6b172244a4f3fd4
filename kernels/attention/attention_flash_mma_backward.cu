// Gradients of attention in tiles of 64 rows and 32 columns on tensor cores: products of tf32 or bf16, sums and exponentials
// in float32 (attention_tiles.cuh, attention_mma.cuh).
//
// The three kernels of `flash`. Shared memory: bf16 15 KiB for heads of up to 32 features and 27 KiB up to 64, tf32 27 and
// 51 KiB. Limits: as `flash_mma` forward, and the random words of dropped weights are computed twice for dq and four times for
// dk and dv, because a lane owns two or one of the four keys of a block.
#include "kernels/attention/attention_mma.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

void run(const AttentionProblem& p, const AttentionBackward::Args& args, const Context& context,
         Workspace workspace) {
  constexpr std::string_view kName = "attention_flash_mma_backward";
  float* means = workspace.take<float>(static_cast<std::size_t>(p.sums_shape().numel()));
  with_attention_types(p, context, [&](auto product, auto storage) {
    using T = decltype(product);
    using S = decltype(storage);
    if (p.head_size <= 32)
      return launch_attention_backward<AttentionMma<T, 32, 32>, S>(kName, p, args, means);
    launch_attention_backward<AttentionMma<T, 64, 32>, S>(kName, p, args, means);
  });
}

}  // namespace

extern const KernelVariant<AttentionBackward> attention_backward_flash_mma = {
    .name = "flash_mma",
    .target = kTarget,
    .why_not = why_not_attention_mma,
    .workspace = attention_means_bytes,
    .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
