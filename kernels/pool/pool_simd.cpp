#include "kernels/pool/pool_simd.h"

#include "kernels/core/simd_stored.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;
using simd::narrow, simd::widen;

constexpr std::int64_t kChunk = 64;  // channels whose sums stay in the first-level cache

std::int64_t smaller(std::int64_t a, std::int64_t b) {
  return a < b ? a : b;
}

// Windows [begin, end) that contain position `at` of an axis.
struct Windows {
  std::int64_t begin, end;
  Windows(std::int64_t at, std::int64_t kernel, std::int64_t stride, std::int64_t out)
      : begin(at < kernel ? 0 : (at - kernel) / stride + 1), end(smaller(at / stride + 1, out)) {}
};

// Windows that contain (t, f).
struct WindowsOf {
  std::int64_t t, f;
  Windows in_t, in_f;

  WindowsOf(const PoolMap& m, std::int64_t at_t, std::int64_t at_f)
      : t(at_t),
        f(at_f),
        in_t(t, m.kernel_t, m.stride_t, m.out_t),
        in_f(f, m.kernel_f, m.stride_f, m.out_f) {}
};

// Calls `visit(window, cell)` for each of these windows, in a fixed order.
template <class Visit>
void for_each_window(const PoolMap& m, const WindowsOf& of, const Visit& visit) {
  for (std::int64_t out_t = of.in_t.begin; out_t < of.in_t.end; ++out_t) {
    for (std::int64_t out_f = of.in_f.begin; out_f < of.in_f.end; ++out_f) {
      visit(out_t * m.out_f + out_f, (of.t - out_t * m.stride_t) * m.kernel_f + of.f - out_f * m.stride_f);
    }
  }
}

// Calls `visit(cell of x, number in the window)` for every cell of the window at (row, out_f).
template <class Visit>
void for_each_cell(const PoolMap& m, std::int64_t row, std::int64_t out_f, const Visit& visit) {
  for (std::int64_t i = 0; i < m.kernel_t; ++i) {
    for (std::int64_t j = 0; j < m.kernel_f; ++j) {
      visit((row * m.stride_t + i) * m.f + out_f * m.stride_f + j, i * m.kernel_f + j);
    }
  }
}

void clear_unless(bool keep, float* x, std::int64_t n) {
  if (keep) return;
  for (std::int64_t i = 0; i < n; ++i) x[i] = 0;
}

// Elements as float32: in place, or widened into `space`. Loops with elements of three sizes (indices, floats, bf16) are not
// vectorised for the baseline.
const float* floats(const float* x, std::int64_t, float*) {
  return x;
}
const float* floats(const bf16* x, std::int64_t n, float* space) {
#pragma omp simd
  for (std::int64_t k = 0; k < n; ++k) space[k] = widen(x[k]);
  return space;
}

// Channels `first` to `first + n` of a cell of x, summed over the windows that contain it.
struct ChannelRange {
  std::int64_t first, n;
};

// Calls `add_window(window, cell, range, keep, sums)` for the windows in order. It must add the share of the window to
// sums[n], or replace them unless `keep`.
template <class AddWindow>
void sum_windows(const PoolMap& m, const WindowsOf& windows, ChannelRange range, bool add, float* sums,
                 const AddWindow& add_window) {
  bool written = add;
  for_each_window(m, windows, [&](std::int64_t window, std::int64_t cell) {
    add_window(window, cell, range, written, sums);
    written = true;
  });
  clear_unless(written, sums, range.n);
}

// Writes the cell at `to`. Sums of bf16 are kept in float32 until all windows have been added, and rounded once.
template <class AddWindow>
void sum_cell(const PoolMap& m, std::int64_t t, std::int64_t f, bool add, float* to,
              const AddWindow& add_window) {
  sum_windows(m, WindowsOf(m, t, f), {0, m.channels}, add, to, add_window);
}
template <class AddWindow>
void sum_cell(const PoolMap& m, std::int64_t t, std::int64_t f, bool add, bf16* to,
              const AddWindow& add_window) {
  const WindowsOf windows(m, t, f);
  for (std::int64_t c = 0; c < m.channels; c += kChunk) {
    const std::int64_t n = smaller(kChunk, m.channels - c);
    float sums[kChunk];
    if (add) {
      for (std::int64_t k = 0; k < n; ++k) sums[k] = widen(to[c + k]);
    }
    sum_windows(m, windows, {c, n}, add, sums, add_window);
    for (std::int64_t k = 0; k < n; ++k) narrow(sums[k], to[c + k]);
  }
}

}  // namespace

template <class T, class Index>
void max_pool_row(const PoolMap& m, const T* x, std::int64_t row, bool add, T* y, Index* index) {
  typedef Index IndexVector __attribute__((vector_size(kVector * sizeof(Index))));
  for (std::int64_t out_f = 0; out_f < m.out_f; ++out_f) {
    for_each_vector(m.channels, [&](std::int64_t c, auto width) {
      Vector best = {};
      IntVector where = IntVector{} - std::int32_t{m.rectify};  // -1: kNoCell
      for_each_cell(m, row, out_f, [&](std::int64_t from, std::int64_t cell) {
        prefetch_beyond(x + from * m.channels + c);
        const Vector value = load(x + from * m.channels + c, width);
        const auto number = static_cast<std::int32_t>(cell);
        // NaN counts as a maximum; the first one is kept.
        const IntVector wins =
            (value > best) | ((value != value) & (best == best)) | -(number == 0 && !m.rectify);
        best = wins ? value : best;
        where = wins ? IntVector{} + number : where;
      });
      const std::int64_t to = (row * m.out_f + out_f) * m.channels + c;
      store(add ? load(y + to, width) + best : best, y + to, width);
      if (index != nullptr) store(__builtin_convertvector(where, IndexVector), index + to, width);
    });
  }
}

template <class T, class Index>
void max_pool_backward_row(const PoolMap& m, const T* dy, const Index* index, std::int64_t row, bool add,
                           T* dx) {
  for (std::int64_t f = 0; f < m.f; ++f) {
    sum_cell(m, row, f, add, dx + (row * m.f + f) * m.channels,
             [&](std::int64_t window, std::int64_t cell, auto range, bool keep, float* __restrict sums) {
               float space[kChunk];
               const float* __restrict from = floats(dy + window * m.channels + range.first, range.n, space);
               const Index* __restrict winner = index + window * m.channels + range.first;
               const auto number = static_cast<std::int32_t>(cell);
#pragma omp simd
               for (std::int64_t k = 0; k < range.n; ++k) {
                 sums[k] = (keep ? sums[k] : 0.0f) + (winner[k] == number ? from[k] : 0.0f);
               }
             });
  }
}

template <class T>
void avg_pool_row(const PoolMap& m, const T* x, std::int64_t row, bool add, T* y) {
  const float factor = 1.0f / static_cast<float>(m.kernel_t * m.kernel_f);
  for (std::int64_t out_f = 0; out_f < m.out_f; ++out_f) {
    for (std::int64_t c = 0; c < m.channels; c += kChunk) {
      const std::int64_t n = smaller(kChunk, m.channels - c);
      float sum[kChunk];
      clear_unless(false, sum, n);
      for_each_cell(m, row, out_f, [&](std::int64_t from, std::int64_t) {
        const T* __restrict value = x + from * m.channels + c;
#pragma omp simd
        for (std::int64_t k = 0; k < n; ++k) sum[k] += widen(value[k]);
      });
      T* to = y + (row * m.out_f + out_f) * m.channels + c;
      for (std::int64_t k = 0; k < n; ++k) narrow((add ? widen(to[k]) : 0.0f) + factor * sum[k], to[k]);
    }
  }
}

template <class T>
void avg_pool_backward_row(const PoolMap& m, const T* dy, std::int64_t row, bool add, T* dx) {
  const float factor = 1.0f / static_cast<float>(m.kernel_t * m.kernel_f);
  for (std::int64_t f = 0; f < m.f; ++f) {
    sum_cell(m, row, f, add, dx + (row * m.f + f) * m.channels,
             [&](std::int64_t window, std::int64_t, auto range, bool keep, float* __restrict sums) {
               const T* __restrict from = dy + window * m.channels + range.first;
#pragma omp simd
               for (std::int64_t k = 0; k < range.n; ++k) {
                 sums[k] = (keep ? sums[k] : 0.0f) + factor * widen(from[k]);
               }
             });
  }
}

#define SONOGRAD_POOL_ROWS(T)                                                                            \
  template void max_pool_row(const PoolMap&, const T*, std::int64_t, bool, T*, std::uint8_t*);           \
  template void max_pool_row(const PoolMap&, const T*, std::int64_t, bool, T*, std::int32_t*);           \
  template void max_pool_backward_row(const PoolMap&, const T*, const std::uint8_t*, std::int64_t, bool, \
                                      T*);                                                               \
  template void max_pool_backward_row(const PoolMap&, const T*, const std::int32_t*, std::int64_t, bool, \
                                      T*);                                                               \
  template void avg_pool_row(const PoolMap&, const T*, std::int64_t, bool, T*);                          \
  template void avg_pool_backward_row(const PoolMap&, const T*, std::int64_t, bool, T*);
SONOGRAD_POOL_ROWS(float)
SONOGRAD_POOL_ROWS(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
