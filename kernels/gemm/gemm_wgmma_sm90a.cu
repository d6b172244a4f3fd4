// C in tiles of 128×128 by warpgroups, bfloat16 products with sums in float32, on compute capability 9.0.
//
// First both operands are rounded into the workspace, as rows along k of a multiple of 16 bytes: what the tensor memory
// accelerator copies. Then a block of nine warps owns a tile of C. One lane of the last warp fills a ring of four stages
// with tiles of 128×64 of both; the other warps are two warpgroups that multiply 64×128 each, straight from shared memory,
// and hand a stage back. 128 KiB of shared memory, 64 sums per thread. It beats `mma` by its products, which read shared
// memory without registers, and by copies that cost no instructions; what limits it: one product at a time in flight, and
// the rounding, whose loads are not contiguous for an operand that is transposed.
#include "kernels/core/reference.h"
#include "kernels/gemm/gemm_operands.cuh"
#include "kernels/simt/hopper.h"
#include "kernels/simt/mma.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kGroups = 2, kTile = kGroups * kWgmmaRows, kHalves = kTile / kWgmmaColumns;
constexpr int kStep = kTileRowBytes / static_cast<int>(sizeof(bf16)), kStages = 4;
constexpr unsigned kWarps = kGroups * 4, kThreads = (kWarps + 1) * kWarpSize, kRoundThreads = 256;

// ---- rounding
struct RoundParams {
  GemmOperand from;
  std::int64_t pitch, count;
  bf16* to;  // [batch, lines, pitch]
};

__global__ void __launch_bounds__(kRoundThreads) round_operand_kernel(RoundParams p) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kRoundThreads + threadIdx.x;
  if (i >= p.count) return;
  const std::int64_t line = i / p.pitch;
  p.to[i] = bf16(p.from.of_batch(line / p.from.lines).at(line % p.from.lines, i % p.pitch));
}

std::int64_t pitch_of(const GemmProblem& p) {
  return (p.k + 7) / 8 * 8;
}

std::size_t workspace(const GemmProblem& p) {
  const auto bytes = [&](std::int64_t lines) {
    return Workspace::bytes<bf16>(static_cast<std::size_t>(p.batch * lines * pitch_of(p)));
  };
  return bytes(p.m) + bytes(p.n);
}

TileMap round_operand(const GemmProblem& p, const GemmOperand& from, Workspace& scratch) {
  const std::int64_t pitch = pitch_of(p), count = p.batch * from.lines * pitch;
  bf16* to = scratch.take<bf16>(static_cast<std::size_t>(count));
  launch("gemm_round", round_operand_kernel, {{blocks_for(count, kRoundThreads)}, {kRoundThreads}},
         {from, pitch, count, to});
  return make_tile_map({to, p.batch * from.lines, p.k, pitch, kTile});
}

// ---- products
struct Smem {
  alignas(1024) bf16 a[kStages][kTile * kStep];
  alignas(1024) bf16 b[kStages][kTile * kStep];
  Mbarrier full[kStages], empty[kStages];
};

struct Params {
  TileMap a, b;
  std::int64_t m, n, k;
  float* c;  // [batch, m, n]
  bool add;
};

__device__ void produce(const Params& p, Smem& smem) {
  const int row = static_cast<int>(blockIdx.z * p.m + blockIdx.y * kTile),
            column = static_cast<int>(blockIdx.z * p.n + blockIdx.x * kTile);
  int stage = 0;
  unsigned parity = 0;
  for (std::int64_t l = 0; l < p.k; l += kStep) {
    wait(smem.empty[stage], parity ^ 1);
    arrive_expecting(smem.full[stage], sizeof(smem.a[0]) + sizeof(smem.b[0]));
    copy_tile(smem.a[stage], p.a, row, static_cast<int>(l), smem.full[stage]);
    copy_tile(smem.b[stage], p.b, column, static_cast<int>(l), smem.full[stage]);
    if (++stage == kStages) stage = 0, parity ^= 1;
  }
}

__device__ void consume(const Params& p, Smem& smem) {
  const int group = static_cast<int>(warp_index()) / 4;
  float acc[kHalves][kWgmmaValues] = {};
  int stage = 0;
  unsigned parity = 0;
  for (std::int64_t l = 0; l < p.k; l += kStep) {
    wait(smem.full[stage], parity);
    wgmma_fence();
    SONOGRAD_UNROLL
    for (int k = 0; k < kStep; k += kWgmmaK) {
      const std::uint64_t a = wgmma_operand(smem.a[stage] + group * kWgmmaRows * kStep, k);
      SONOGRAD_UNROLL
      for (int half = 0; half < kHalves; ++half) {
        wgmma(acc[half], a, wgmma_operand(smem.b[stage] + half * kWgmmaColumns * kStep, k));
      }
    }
    wgmma_commit();
    wgmma_wait<0>();
    if (lane_index() == 0) arrive(smem.empty[stage]);
    if (++stage == kStages) stage = 0, parity ^= 1;
  }
  const StoreEpilogue store = {p.c + blockIdx.z * p.m * p.n, p.n, p.add};
  const std::int64_t first_row = std::int64_t{blockIdx.y} * kTile + warp_index() * 16,
                     first_column = std::int64_t{blockIdx.x} * kTile;
  SONOGRAD_UNROLL
  for (int half = 0; half < kHalves; ++half) {
    SONOGRAD_UNROLL
    for (int i = 0; i < kWgmmaValues; ++i) {
      const std::int64_t row = first_row + acc_row(lane_index(), i % 4);
      const std::int64_t column =
          first_column + half * kWgmmaColumns + i / 4 * 8 + acc_col(lane_index(), i % 4);
      if (row < p.m && column < p.n) store(row, column, acc[half][i]);
    }
  }
}

__global__ void __launch_bounds__(kThreads, 1) gemm_wgmma_kernel(const __grid_constant__ Params p) {
  Smem& smem = *dynamic_shared<Smem>();
  if (thread_rank() == 0) {
    for (int stage = 0; stage < kStages; ++stage) {
      init_mbarrier(smem.full[stage], 1);
      init_mbarrier(smem.empty[stage], kWarps);
    }
    fence_mbarriers();
  }
  sync_block();
  if (warp_index() < kWarps) {
    consume(p, smem);
  } else if (lane_index() == 0) {
    produce(p, smem);
  }
}

const char* why_not(const GemmProblem& p, const Context& context) {
  if (context.precision != Precision::bf16) return "multiplies bfloat16 only";
  if (compute_capability(context.device) != 90) return "wants compute capability 9.0";
  if (p.c.numel() == 0 || p.k == 0) return "an extent is zero";
  return float_only(p, context);
}

void run_wgmma(const GemmProblem& p, const Gemm::Args& args, const Context&, Workspace scratch) {
  const GemmParams operands = gemm_params(p, args);
  launch("gemm_wgmma", gemm_wgmma_kernel, {gemm_blocks(p, kTile, kTile), {kThreads}, sizeof(Smem)},
         {round_operand(p, operands.a, scratch), round_operand(p, operands.b, scratch), p.m, p.n, p.k,
          operands.c, operands.add});
}

}  // namespace

extern const KernelVariant<Gemm> gemm_wgmma = {
    .name = "wgmma", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = run_wgmma};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
