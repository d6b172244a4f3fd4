// Tensor cores: products of small tiles by a whole warp (mma.sync m16n8k8 for tf32, m16n8k16 for bf16).
//
//   acc[16, 8] += a[16, kMmaK<T>] * b[kMmaK<T>, 8]          T: float, of which tf32 has 10 bits of mantissa, or bf16
//
// A fragment is the part of a tile that one lane holds. With group = lane / 4 and t = lane % 4, in 32-bit words (one float
// or two neighbouring bf16 along k):
//   a   words 0..3: (row group, word t), (row group + 8, word t), (row group, word t + 4), (row group + 8, word t + 4)
//   b   words 0..1: (column group, word t), (column group, word t + 4)
//   acc values 0..3: (row group, columns 2t and 2t + 1), (row group + 8, the same columns)
// (PTX ISA, "Matrix Fragments for mma.m16n8k8" and ".m16n8k16".)
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "kernels/simt/stored.h"
#include "tensor/dtype.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Depth of a product. One load reads 16 bytes of a row, half of this depth.
template <class T>
inline constexpr int kMmaK = 32 / static_cast<int>(sizeof(T));

template <class T>
struct FragmentA {
  std::uint32_t words[4];
};
template <class T>
struct FragmentB {
  std::uint32_t words[2];
};
struct Accumulator {
  float values[4];
};

/// Row and column of value `i` of a lane's accumulator in its 16×8 tile.
__device__ constexpr int acc_row(unsigned lane, int i) {
  return static_cast<int>(lane / 4) + i / 2 * 8;
}
__device__ constexpr int acc_col(unsigned lane, int i) {
  return static_cast<int>(lane % 4) * 2 + i % 2;
}

#if defined(__CUDACC__)

/// Rounds to the nearest tf32, ties away from zero. The tensor core truncates values that are not rounded.
__device__ inline float round_tf32(float value) {
  std::uint32_t bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
  return __uint_as_float(bits);
}

/// Loads A. `address(row, half)`: 16 aligned bytes in shared memory, the first or the second half of k of row 0 to 15.
template <class T, class Address>
__device__ void load_a(FragmentA<T>& a, const Address& address, Place = Place::here()) {
  const int lane = static_cast<int>(threadIdx.x % kWarpSize);
  const auto from = static_cast<unsigned>(__cvta_generic_to_shared(address(lane % 16, lane / 16)));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(a.words[0]), "=r"(a.words[1]), "=r"(a.words[2]), "=r"(a.words[3])
               : "r"(from));
}
/// Loads B from a tile with k contiguous. `address(column, half)`: the same for column 0 to 7.
template <class T, class Address>
__device__ void load_b(FragmentB<T>& b, const Address& address, Place = Place::here()) {
  const int lane = static_cast<int>(threadIdx.x % kWarpSize);
  const auto from = static_cast<unsigned>(__cvta_generic_to_shared(address(lane % 8, lane / 8 % 2)));
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
               : "=r"(b.words[0]), "=r"(b.words[1])
               : "r"(from));
}
/// Loads A from a tile with the rows of A contiguous. `address(k, half)`: 16 bytes of row k, 0 to 15, of that tile: the first
/// or the second eight rows of A.
template <class Address>
__device__ void load_a_trans(FragmentA<bf16>& a, const Address& address, Place = Place::here()) {
  const int lane = static_cast<int>(threadIdx.x % kWarpSize);
  const auto from =
      static_cast<unsigned>(__cvta_generic_to_shared(address(lane % 8 + lane / 16 * 8, lane / 8 % 2)));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(a.words[0]), "=r"(a.words[1]), "=r"(a.words[2]), "=r"(a.words[3])
               : "r"(from));
}
/// Loads B from a tile with its eight columns contiguous. `address(k)`: 16 bytes of row k, 0 to 15, of that tile.
template <class Address>
__device__ void load_b_trans(FragmentB<bf16>& b, const Address& address, Place = Place::here()) {
  const auto from =
      static_cast<unsigned>(__cvta_generic_to_shared(address(static_cast<int>(threadIdx.x % 16))));
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
               : "=r"(b.words[0]), "=r"(b.words[1])
               : "r"(from));
}

__device__ inline void mma(Accumulator& acc, const FragmentA<float>& a, const FragmentB<float>& b) {
  float(&c)[4] = acc.values;
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a.words[0]), "r"(a.words[1]), "r"(a.words[2]), "r"(a.words[3]), "r"(b.words[0]), "r"(b.words[1]));
}
__device__ inline void mma(Accumulator& acc, const FragmentA<bf16>& a, const FragmentB<bf16>& b) {
  float(&c)[4] = acc.values;
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a.words[0]), "r"(a.words[1]), "r"(a.words[2]), "r"(a.words[3]), "r"(b.words[0]), "r"(b.words[1]));
}

/// All products of `M` by `N` tiles: acc[i][j] += a[i] * b[j].
template <class T, int M, int N>
__device__ void mma(Accumulator (&acc)[M][N], const FragmentA<T> (&a)[M], const FragmentB<T> (&b)[N],
                    Place = Place::here()) {
  SONOGRAD_UNROLL
  for (int i = 0; i < M; ++i) {
    SONOGRAD_UNROLL
    for (int j = 0; j < N; ++j) mma(acc[i][j], a[i], b[j]);
  }
}

#else

inline float round_tf32(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7f800000u) == 0x7f800000u) return value;  // infinite or NaN
  return std::bit_cast<float>((bits + 0x1000u) & ~0x1fffu);
}

// A lane reads the words that ldmatrix would give it, so loads need no other lane.
namespace detail {

template <class T>
const T* checked_row(const T* row, Place place) {
  emulator::check_aligned(row, 16, place);
  return row;
}

template <class T>
std::uint32_t word(const T* row, unsigned i, Place place) {
  std::uint32_t result;
  std::memcpy(&result, reinterpret_cast<const std::byte*>(checked_row(row, place)) + 4 * i, 4);
  return result;
}

inline std::uint32_t two(const bf16* first, const bf16* second, unsigned i, Place place) {
  return checked_row(first, place)[i].bits | std::uint32_t{checked_row(second, place)[i].bits} << 16;
}

}  // namespace detail

template <class T, class Address>
void load_a(FragmentA<T>& a, const Address& address, Place place = Place::here()) {
  const unsigned lane = emulator::self().lane(), group = lane / 4, t = lane % 4;
  for (int i = 0; i < 4; ++i) {
    a.words[i] = detail::word<T>(address(static_cast<int>(group) + i % 2 * 8, i / 2), t, place);
  }
}
template <class T, class Address>
void load_b(FragmentB<T>& b, const Address& address, Place place = Place::here()) {
  const unsigned lane = emulator::self().lane(), group = lane / 4, t = lane % 4;
  for (int i = 0; i < 2; ++i) b.words[i] = detail::word<T>(address(static_cast<int>(group), i), t, place);
}
template <class Address>
void load_a_trans(FragmentA<bf16>& a, const Address& address, Place place = Place::here()) {
  const unsigned lane = emulator::self().lane(), group = lane / 4;
  for (int i = 0; i < 4; ++i) {
    const int k = static_cast<int>(lane % 4) * 2 + i / 2 * 8;
    a.words[i] = detail::two(address(k, i % 2), address(k + 1, i % 2), group, place);
  }
}
template <class Address>
void load_b_trans(FragmentB<bf16>& b, const Address& address, Place place = Place::here()) {
  const unsigned lane = emulator::self().lane(), group = lane / 4;
  for (int i = 0; i < 2; ++i) {
    const int k = static_cast<int>(lane % 4) * 2 + i * 8;
    b.words[i] = detail::two(address(k), address(k + 1), group, place);
  }
}

namespace detail {

// Elements of a word of a fragment, as the tensor core reads them.
inline void unpack(std::uint32_t word, float* out, float) {
  out[0] = std::bit_cast<float>(word & ~0x1fffu);
}
inline void unpack(std::uint32_t word, float* out, bf16) {
  out[0] = std::bit_cast<float>(word << 16);
  out[1] = std::bit_cast<float>(word & 0xffff0000u);
}

template <class T, int M, int N>
struct MmaFrame {
  Accumulator (*acc)[N];
  const FragmentA<T>* a;
  const FragmentB<T>* b;
};

template <class T, int M, int N>
void multiply(const std::array<MmaFrame<T, M, N>*, kWarpSize>& lanes) {
  constexpr int kK = kMmaK<T>, kPerWord = 4 / static_cast<int>(sizeof(T));
  float a[M * 16][kK], b_columns[N * 8][kK], b[kK][N * 8], c[M * 16][N * 8];
  for (unsigned lane = 0; lane < kWarpSize; ++lane) {
    const int group = static_cast<int>(lane / 4), k = static_cast<int>(lane % 4) * kPerWord;
    for (int i = 0; i < M * 4; ++i) {
      unpack(lanes[lane]->a[i / 4].words[i % 4], &a[i / 4 * 16 + group + i % 2 * 8][k + i % 4 / 2 * kK / 2],
             T());
    }
    for (int i = 0; i < N * 2; ++i) {
      unpack(lanes[lane]->b[i / 2].words[i % 2], &b_columns[i / 2 * 8 + group][k + i % 2 * kK / 2], T());
    }
  }
  for (int k = 0; k < kK; ++k) {
    for (int j = 0; j < N * 8; ++j) b[k][j] = b_columns[j][k];
  }
  const auto each_sum = [&](const auto& visit) {
    for (unsigned lane = 0; lane < kWarpSize; ++lane) {
      for (int i = 0; i < M; ++i) {
        for (int j = 0; j < N; ++j) {
          for (int v = 0; v < 4; ++v) {
            visit(lanes[lane]->acc[i][j].values[v], c[i * 16 + acc_row(lane, v)][j * 8 + acc_col(lane, v)]);
          }
        }
      }
    }
  };
  each_sum([](float& held, float& sum) { sum = held; });
  for (int i = 0; i < M * 16; ++i) {
    for (int k = 0; k < kK; ++k) {
      for (int j = 0; j < N * 8; ++j) c[i][j] += a[i][k] * b[k][j];
    }
  }
  each_sum([](float& held, float& sum) { held = sum; });
}

}  // namespace detail

template <class T, int M, int N>
void mma(Accumulator (&acc)[M][N], const FragmentA<T> (&a)[M], const FragmentB<T> (&b)[N],
         Place place = Place::here()) {
  detail::MmaFrame<T, M, N> frame{acc, a, b};
  emulator::warp_collective(frame, detail::multiply<T, M, N>, "mma", place);
}

#endif

/// The two loads from transposed tiles for tf32, rows k 0 to 7. There is no instruction for them: each lane reads its words
/// one by one. Rows whose pitch is 8 words more than a multiple of 32 are in different banks.
template <class Address>
__device__ void load_a_trans(FragmentA<float>& a, const Address& address) {
  const int group = static_cast<int>(threadIdx.x % kWarpSize / 4), t = static_cast<int>(threadIdx.x % 4);
  SONOGRAD_UNROLL
  for (int i = 0; i < 4; ++i) a.words[i] = std::bit_cast<std::uint32_t>(address(t + i / 2 * 4, i % 2)[group]);
}
template <class Address>
__device__ void load_b_trans(FragmentB<float>& b, const Address& address) {
  const int group = static_cast<int>(threadIdx.x % kWarpSize / 4), t = static_cast<int>(threadIdx.x % 4);
  SONOGRAD_UNROLL
  for (int i = 0; i < 2; ++i) b.words[i] = std::bit_cast<std::uint32_t>(address(t + i * 4)[group]);
}

/// Rounds to the nearest value that a tensor core multiplies: bf16, or tf32 for float.
template <class T>
__device__ T rounded(float value) {
  if constexpr (std::is_same_v<T, bf16>) {
    return narrow<bf16>(value);
  } else {
    return round_tf32(value);
  }
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
