// Attention in tiles of 64 queries and 64 keys (32 for heads of more than 32 features, to spare registers) on tensor cores:
// products of tf32 or bf16, sums and exponentials in float32 (attention_tiles.cuh, attention_mma.cuh).
//
// Operands are rounded while they are staged, weights when they become operands. Shared memory: bf16 15 KiB for heads of up
// to 32 features and 18 KiB up to 64, tf32 27 and 34 KiB. Faster than `flash` because of the tensor cores, and because weights
// stay in registers. Limits: one exponential per weight, and no warp multiplies while tiles are staged.
#include "kernels/attention/attention_mma.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

void run(const AttentionProblem& p, const AttentionForward::Args& args, const Context& context, Workspace) {
  constexpr std::string_view kName = "attention_flash_mma";
  with_attention_types(p, context, [&](auto product, auto storage) {
    using T = decltype(product);
    using S = decltype(storage);
    if (p.head_size <= 32) return launch_attention_forward<AttentionMma<T, 32, 64>, S>(kName, p, args);
    launch_attention_forward<AttentionMma<T, 64, 32>, S>(kName, p, args);
  });
}

}  // namespace

extern const KernelVariant<AttentionForward> attention_forward_flash_mma = {
    .name = "flash_mma", .target = kTarget, .why_not = why_not_attention_mma, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
