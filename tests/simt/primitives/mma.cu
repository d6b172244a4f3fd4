// Tensor-core tiles. The operands are small whole numbers, so that every sum is exact.
#include "kernels/simt/mma.h"
#include "kernels/simt/simt.h"
#include "tests/simt/primitive.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kRows = 32, kColumns = 16;

float small_number(std::size_t i) {
  return static_cast<float>(static_cast<int>(i * 37 % 23) - 11);
}

// in: A [32, K], then B [16, K] with k contiguous, or with `kTrans` A [K, 32] and B [K, 16]. out: A B^T [32, 16].
template <class T, bool kTrans>
__global__ void mma_kernel(WordBuffers p) {
  constexpr int kK = kMmaK<T>, kHalf = kK / 2;
  struct Smem {
    alignas(16) T a[kRows * kK];
    alignas(16) T b[kColumns * kK];
  };
  Smem& smem = shared<Smem>();
  const int lane = static_cast<int>(threadIdx.x);
  for (int i = lane; i < kRows * kK; i += 32) smem.a[i] = T(std::bit_cast<float>(p.in[i]));
  for (int i = lane; i < kColumns * kK; i += 32) smem.b[i] = T(std::bit_cast<float>(p.in[kRows * kK + i]));
  sync_warp();
  FragmentA<T> a[2];
  FragmentB<T> b[2];
  for (int i = 0; i < 2; ++i) {
    if constexpr (kTrans) {
      load_a_trans(a[i], [&](int k, int half) { return &smem.a[k * kRows + i * 16 + half * 8]; });
      load_b_trans(b[i], [&](int k) { return &smem.b[k * kColumns + i * 8]; });
    } else {
      load_a(a[i], [&](int row, int half) { return &smem.a[(i * 16 + row) * kK + half * kHalf]; });
      load_b(b[i], [&](int column, int half) { return &smem.b[(i * 8 + column) * kK + half * kHalf]; });
    }
  }
  Accumulator acc[2][2] = {};
  mma(acc, a, b);
  mma(acc, a, b);
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 2; ++j) {
      for (int v = 0; v < 4; ++v) {
        const int row = i * 16 + acc_row(threadIdx.x, v), column = j * 8 + acc_col(threadIdx.x, v);
        p.out[row * kColumns + column] = std::bit_cast<std::uint32_t>(acc[i][j].values[v]);
      }
    }
  }
}

template <class T, bool kTrans>
Primitive product(std::string_view name) {
  constexpr std::size_t kK = kMmaK<T>;
  return {name,
          (kRows + kColumns) * kK,
          kRows * kColumns,
          [](std::size_t i) { return std::bit_cast<std::uint32_t>(small_number(i)); },
          [name](const WordBuffers& p) {
            launch(name, mma_kernel<T, kTrans>, {{1}, {32}}, p);
          },
          [](const Words&) {
            Words out;
            for (std::size_t row = 0; row < kRows; ++row) {
              for (std::size_t column = 0; column < kColumns; ++column) {
                float sum = 0;
                for (std::size_t k = 0; k < kK; ++k) {
                  sum += kTrans ? small_number(k * kRows + row) *
                                      small_number(kRows * kK + k * kColumns + column)
                                : small_number(row * kK + k) * small_number(kRows * kK + column * kK + k);
                }
                out.push_back(std::bit_cast<std::uint32_t>(2 * sum));
              }
            }
            return out;
          }};
}

// Rounds to 10 bits of mantissa, ties away from zero.
__global__ void round_tf32_kernel(WordBuffers p) {
  p.out[threadIdx.x] = std::bit_cast<std::uint32_t>(round_tf32(std::bit_cast<float>(p.in[threadIdx.x])));
}

Primitive rounding() {
  constexpr std::uint32_t kOne = 0x3f800000;
  return {"round_tf32",
          32,
          32,
          [](std::size_t i) { return kOne + static_cast<std::uint32_t>(i) * 0x800; },
          [](const WordBuffers& p) {
            launch("round_tf32", round_tf32_kernel, {{1}, {32}}, p);
          },
          [](const Words& in) {
            Words out;
            for (const std::uint32_t x : in) out.push_back(kOne + (x - kOne + 0x1000) / 0x2000 * 0x2000);
            return out;
          }};
}

}  // namespace

std::vector<Primitive> mma_primitives() {
  return {product<float, false>("mma_tf32"), product<bf16, false>("mma_bf16"),
          product<float, true>("mma_tf32_transposed"), product<bf16, true>("mma_bf16_transposed"),
          rounding()};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
