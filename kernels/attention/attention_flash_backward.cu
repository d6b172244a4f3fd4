// Gradients of attention in tiles of 64 rows and 32 columns, float32 products (attention_tiles.cuh, attention_fma.cuh).
//
// Three kernels: dy . y of every query; dq, where rows are queries; dk and dv, where rows are keys. The scores are computed
// twice, seven products instead of five, and no sum needs atomic additions. Shared memory: 37 KiB for heads of up to 32
// features, 61 KiB up to 64. Limits: as `flash` forward; tiles of 32 columns keep two sums and two tiles of scores in
// registers.
#include "kernels/attention/attention_fma.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

void run(const AttentionProblem& p, const AttentionBackward::Args& args, const Context&,
         Workspace workspace) {
  float* means = workspace.take<float>(static_cast<std::size_t>(p.sums_shape().numel()));
  visit_stored(p.dtype, [&](auto tag) {
    using S = decltype(tag);
    if (p.head_size <= 32)
      return launch_attention_backward<AttentionFma<32, 32>, S>("attention_flash_backward", p, args, means);
    launch_attention_backward<AttentionFma<64, 32>, S>("attention_flash_backward", p, args, means);
  });
}

}  // namespace

extern const KernelVariant<AttentionBackward> attention_backward_flash = {.name = "flash",
                                                                          .target = kTarget,
                                                                          .why_not = why_not_attention_tiles,
                                                                          .workspace = attention_means_bytes,
                                                                          .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
