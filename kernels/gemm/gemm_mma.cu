// C in tiles of 64×64 on tensor cores: products of tf32 or bf16, sums in float32.
//
// A block of 4 warps owns a tile of C, each warp 32×32 of it: 2×4 accumulators. Per step of 32 along k both operands are
// rounded while they are staged in one of two buffers, so that one barrier per step is enough: while a warp multiplies from
// one buffer, others fill the second. Rows are padded by 16 bytes, so that the eight rows of a matrix load are in different
// banks. Shared memory: 36 KiB (tf32), 20 KiB (bf16). Per element of C: k/32 elements of A and of B from global memory.
// It is faster than `tiled` because of the tensor cores. Limits: staging by 4-byte loads through registers, and warp tiles
// of 32×32, which load as many words as they multiply. Operands stored in bf16 are staged without rounding, by 16-byte loads
// where they are aligned, in every precision: their products are exact in float32.
#include <type_traits>

#include "kernels/gemm/gemm_operands.cuh"
#include "kernels/simt/mma.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kTile = 64, kStep = 32, kThreads = 128;
constexpr int kWarpTile = 32, kM = kWarpTile / 16, kN = kWarpTile / 8;

template <class T>
struct Smem {
  static constexpr int kPitch = kStep + 16 / static_cast<int>(sizeof(T));
  alignas(16) T a[2][kTile][kPitch];
  alignas(16) T b[2][kTile][kPitch];
};

// tile[line][l] = element (first_line + line, first_l + l), rounded. Neighbouring threads read neighbouring elements.
template <class T>
__device__ void stage(const GemmOperand<float>& from, std::int64_t first_line, std::int64_t first_l,
                      T (&tile)[kTile][Smem<T>::kPitch]) {
  const bool along_depth = from.depth_step == 1;
  for (int i = static_cast<int>(threadIdx.x); i < kTile * kStep; i += kThreads) {
    const int line = along_depth ? i / kStep : i % kTile, l = along_depth ? i % kStep : i / kTile;
    tile[line][l] = rounded<T>(from.at(first_line + line, first_l + l));
  }
}

// The same for operands stored in bf16, in pieces of 16 bytes.
__device__ void stage(const GemmOperand<bf16>& from, std::int64_t first_line, std::int64_t first_l,
                      bf16 (&tile)[kTile][Smem<bf16>::kPitch]) {
  constexpr int kWidth = kVectorWidth<bf16>, kAlongDepth = kStep / kWidth, kAlongLines = kTile / kWidth;
  const bool along_depth = from.depth_step == 1, vectors = from.pieces_are_aligned();
  for (int i = static_cast<int>(threadIdx.x); i < kTile * kStep / kWidth; i += kThreads) {
    const int line = along_depth ? i / kAlongDepth : i % kAlongLines * kWidth;
    const int l = along_depth ? i % kAlongDepth * kWidth : i / kAlongLines;
    const auto piece = from.piece(first_line + line, first_l + l, vectors);
    if (along_depth) {
      store_vec(&tile[line][l], piece);
    } else {
      for (int j = 0; j < kWidth; ++j) tile[line + j][l] = piece[j];
    }
  }
}

template <class T, class Result>
SONOGRAD_KERNEL(kThreads, gemm_mma_kernel, GemmParams<Result> p) {
  Smem<T>& smem = shared<Smem<T>>();
  const GemmIndex index = p.blocks.index(p.blocks.product());
  const auto a = p.a.of(index), b = p.b.of(index);
  const std::int64_t first_row = std::int64_t{p.blocks.tile_row()} * kTile,
                     first_column = std::int64_t{p.blocks.tile_column()} * kTile;
  const int warp = static_cast<int>(warp_index());
  const int row = warp / 2 * kWarpTile, column = warp % 2 * kWarpTile;
  Accumulator acc[kM][kN] = {};
  int buffer = 0;
  for (std::int64_t first = 0; first < a.depth; first += kStep, buffer ^= 1) {
    stage(a, first_row, first, smem.a[buffer]);
    stage(b, first_column, first, smem.b[buffer]);
    sync_block();
    SONOGRAD_UNROLL
    for (int k = 0; k < kStep; k += kMmaK<T>) {
      FragmentA<T> u[kM];
      FragmentB<T> v[kN];
      for (int i = 0; i < kM; ++i) {
        load_a(u[i],
               [&](int r, int half) { return &smem.a[buffer][row + i * 16 + r][k + half * kMmaK<T> / 2]; });
      }
      for (int j = 0; j < kN; ++j) {
        load_b(v[j],
               [&](int c, int half) { return &smem.b[buffer][column + j * 8 + c][k + half * kMmaK<T> / 2]; });
      }
      mma(acc, u, v);
    }
  }
  const auto store = p.c.of(index);
  SONOGRAD_UNROLL
  for (int i = 0; i < kM; ++i) {
    SONOGRAD_UNROLL
    for (int j = 0; j < kN; ++j) {
      SONOGRAD_UNROLL
      for (int value = 0; value < 4; ++value) {
        const std::int64_t at_row = first_row + row + i * 16 + acc_row(lane_index(), value);
        const std::int64_t at_column = first_column + column + j * 8 + acc_col(lane_index(), value);
        if (at_row < a.lines && at_column < b.lines) store(at_row, at_column, acc[i][j].values[value]);
      }
    }
  }
}

const char* why_not(const GemmProblem& p, const Context& context) {
  if (p.dtype != DType::bf16 && context.precision == Precision::strict)
    return "strict precision requires float32 products";
  return why_not_gemm_tiles(p, context, kTile, kTile);
}

void run_mma(const GemmProblem& p, const Gemm::Args& args, const Context& context, Workspace) {
  with_gemm_result(p, args, [&]<class Result>(const Result& c) {
    using Stored = typename Result::Stored;
    auto kernel = gemm_mma_kernel<bf16, Result>;
    if constexpr (std::is_same_v<Stored, float>) {
      if (context.precision != Precision::bf16) kernel = gemm_mma_kernel<float, Result>;
    }
    launch(
        "gemm_mma", kernel, {gemm_grid(p, kTile, kTile), {kThreads}},
        {gemm_operand_a<Stored>(p, args), gemm_operand_b<Stored>(p, args), gemm_blocks(p, kTile, kTile), c});
  });
}

}  // namespace

extern const KernelVariant<Gemm> gemm_mma = {
    .name = "mma", .target = kTarget, .why_not = why_not, .run = run_mma};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
