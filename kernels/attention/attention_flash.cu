// Attention in tiles of 64 queries and 64 keys, float32 products (attention_tiles.cuh, attention_fma.cuh).
//
// Faster than `naive` because no weight is stored, and a row of k and v is read once for 64 queries. Shared memory: heads of
// up to 32 features 45 KiB, up to 64 69 KiB. Limits: a step of 4 features reads 12 vectors from shared memory for 128
// products, and no warp multiplies while tiles are staged.
#include "kernels/attention/attention_fma.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

void run(const AttentionProblem& p, const AttentionForward::Args& args, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using S = decltype(tag);
    if (p.head_size <= 32)
      return launch_attention_forward<AttentionFma<32, 64>, S>("attention_flash", p, args);
    launch_attention_forward<AttentionFma<64, 64>, S>("attention_flash", p, args);
  });
}

}  // namespace

extern const KernelVariant<AttentionForward> attention_forward_flash = {
    .name = "flash", .target = kTarget, .why_not = why_not_attention_tiles, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
