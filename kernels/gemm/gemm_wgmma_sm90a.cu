// C in tiles of 128×128 by warpgroups, bfloat16 products with sums in float32, on compute capability 9.0.
//
// First both operands are rounded into the workspace, as rows along k of a multiple of 16 bytes, the layout that the tensor
// memory accelerator copies; bf16 operands that have this layout are used in place. Then a block of nine warps owns a tile
// of C. One lane of the last warp fills a ring of four stages with tiles of 128×64 of both; the other warps are two
// warpgroups that multiply 64×128 each, straight from shared memory, and release the stage. 128 KiB of shared memory, 64
// sums per thread. It is faster than `mma` because its products read shared memory without registers and its copies take no
// instructions of the multiplying warps. Limits: one product at a time in flight, and the rounding, whose loads are not
// contiguous for a transposed operand.
#include <algorithm>
#include <type_traits>

#include "kernels/gemm/gemm_operands.cuh"
#include "kernels/simt/hopper.h"
#include "kernels/simt/mma.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kGroups = 2, kTile = kGroups * kWgmmaRows, kHalves = kTile / kWgmmaColumns;
constexpr int kStep = kTileRowBytes / static_cast<int>(sizeof(bf16)), kStages = 4;
constexpr unsigned kWarps = kGroups * 4, kThreads = (kWarps + 1) * kWarpSize, kRoundThreads = 256;

// ---- rounding
template <class T>
struct RoundParams {
  GemmOperand<T> from;
  GemmBlocks blocks;
  std::int64_t pitch, count;
  bf16* to;  // [batch, lines, pitch]
};

template <class T>
SONOGRAD_KERNEL(kRoundThreads, round_operand_kernel, RoundParams<T> p) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kRoundThreads + threadIdx.x;
  if (i >= p.count) return;
  const std::int64_t line = i / p.pitch;
  const GemmIndex index = p.blocks.index(static_cast<unsigned>(line / p.from.lines));
  p.to[i] = narrow<bf16>(p.from.of(index).at(line % p.from.lines, i % p.pitch));
}

std::int64_t pitch_of(const GemmProblem& p) {
  return (p.k + 7) / 8 * 8;
}

// True when the operand is used in place: bf16, dense along k and evenly spaced over all products.
template <class T>
bool is_tiled_in_place(const GemmProblem& p, const GemmOperand<T>& from) {
  const std::int64_t matrix = from.lines * from.line_step;
  return std::is_same_v<T, bf16> && from.depth_step == 1 && from.line_step >= p.k &&
         vector_aligned(from.data) && from.line_step % kVectorWidth<T> == 0 &&
         (p.batches[1] == 1 || from.batch_steps[1] == matrix) &&
         (p.batches[0] == 1 || from.batch_steps[0] == p.batches[1] * matrix);
}

std::size_t workspace(const GemmProblem& p, const Gemm::Args& args, const Context&) {
  return visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    const auto bytes = [&](const GemmOperand<T>& from) {
      if (is_tiled_in_place(p, from)) return std::size_t{0};
      return Workspace::bytes<bf16>(static_cast<std::size_t>(p.batch() * from.lines * pitch_of(p)));
    };
    return bytes(gemm_operand_a<T>(p, args)) + bytes(gemm_operand_b<T>(p, args));
  });
}

template <class T>
TileMap round_operand(const GemmProblem& p, const GemmOperand<T>& from, Workspace& scratch) {
  if constexpr (std::is_same_v<T, bf16>) {
    if (is_tiled_in_place(p, from))
      return make_tile_map({from.data, p.batch() * from.lines, p.k, from.line_step, kTile});
  }
  const std::int64_t pitch = pitch_of(p), count = p.batch() * from.lines * pitch;
  bf16* to = scratch.take<bf16>(static_cast<std::size_t>(count));
  launch("gemm_round", round_operand_kernel<T>, {{blocks_for(count, kRoundThreads)}, {kRoundThreads}},
         {from, gemm_blocks(p, kTile, kTile), pitch, count, to});
  return make_tile_map({to, p.batch() * from.lines, p.k, pitch, kTile});
}

// ---- products
struct Smem {
  alignas(1024) bf16 a[kStages][kTile * kStep];
  alignas(1024) bf16 b[kStages][kTile * kStep];
  Mbarrier full[kStages], empty[kStages];
};

template <class Result>
struct Params {
  TileMap a, b;
  std::int64_t m, n, k;
  GemmBlocks blocks;
  Result c;
};

template <class Result>
__device__ void produce(const Params<Result>& p, Smem& smem) {
  const unsigned product = p.blocks.product();
  const int row = static_cast<int>(product * p.m + p.blocks.tile_row() * kTile),
            column = static_cast<int>(product * p.n + p.blocks.tile_column() * kTile);
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

template <class Result>
__device__ void consume(const Params<Result>& p, Smem& smem) {
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
  const auto store = p.c.of(p.blocks.index(p.blocks.product()));
  const std::int64_t first_row = std::int64_t{p.blocks.tile_row()} * kTile + warp_index() * 16,
                     first_column = std::int64_t{p.blocks.tile_column()} * kTile;
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

template <class Result>
SONOGRAD_KERNEL_RESIDENT(kThreads, 1, gemm_wgmma_kernel, const __grid_constant__ Params<Result> p) {
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
  if (p.dtype != DType::bf16 && context.precision != Precision::bf16) return "multiplies bf16 only";
  if (compute_capability(context.device) != 90) return "requires compute capability 9.0";
  if (p.c.numel() == 0 || p.k == 0) return "an extent is zero";
  constexpr std::int64_t kMostLines = std::numeric_limits<std::int32_t>::max() - kTile;
  if (p.batch() * std::max(p.m, p.n) > kMostLines) return "more lines than a tile copy can count";
  return why_not_gemm_tiles(p, context, kTile, kTile);
}

void run_wgmma(const GemmProblem& p, const Gemm::Args& args, const Context&, Workspace scratch) {
  with_gemm_result(p, args, [&]<class Result>(const Result& c) {
    using T = typename Result::Stored;
    const TileMap a = round_operand(p, gemm_operand_a<T>(p, args), scratch);
    const TileMap b = round_operand(p, gemm_operand_b<T>(p, args), scratch);
    launch("gemm_wgmma", gemm_wgmma_kernel<Result>, {gemm_grid(p, kTile, kTile), {kThreads}, sizeof(Smem)},
           {a, b, p.m, p.n, p.k, gemm_blocks(p, kTile, kTile), c});
  });
}

}  // namespace

extern const KernelVariant<Gemm> gemm_wgmma = {
    .name = "wgmma", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = run_wgmma};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
