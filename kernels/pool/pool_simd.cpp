#include "kernels/pool/pool_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

constexpr std::int64_t kChunk = 64;  // channels whose sums stay in the first-level cache

std::int64_t smaller(std::int64_t a, std::int64_t b) {
  return a < b ? a : b;
}

// The windows that position `at` of an axis belongs to: [begin, end).
struct Windows {
  std::int64_t begin, end;
  Windows(std::int64_t at, std::int64_t kernel, std::int64_t stride, std::int64_t out)
      : begin(at < kernel ? 0 : (at - kernel) / stride + 1), end(smaller(at / stride + 1, out)) {}
};

// Calls `visit(window, cell)` for every window that holds (t, f), in a fixed order.
template <class Visit>
void for_each_window(const PoolMap& m, std::int64_t t, std::int64_t f, const Visit& visit) {
  const Windows in_t(t, m.kernel_t, m.stride_t, m.out_t);
  const Windows in_f(f, m.kernel_f, m.stride_f, m.out_f);
  for (std::int64_t out_t = in_t.begin; out_t < in_t.end; ++out_t) {
    for (std::int64_t out_f = in_f.begin; out_f < in_f.end; ++out_f) {
      visit(out_t * m.out_f + out_f, (t - out_t * m.stride_t) * m.kernel_f + f - out_f * m.stride_f);
    }
  }
}

// Calls `visit(x cell, number in the window)` for every cell of the window at (row, out_f).
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

}  // namespace

template <class Index>
void max_pool_row(const PoolMap& m, const float* x, std::int64_t row, bool add, float* y, Index* index) {
  typedef Index IndexVector __attribute__((vector_size(kVector * sizeof(Index))));
  for (std::int64_t out_f = 0; out_f < m.out_f; ++out_f) {
    for_each_vector(m.channels, [&](std::int64_t c, auto width) {
      Vector best = {};
      IntVector where = IntVector{} - std::int32_t{m.rectify};  // -1: kNoCell
      for_each_cell(m, row, out_f, [&](std::int64_t from, std::int64_t cell) {
        prefetch_beyond(x + from * m.channels + c);
        const Vector value = load(x + from * m.channels + c, width);
        const auto number = static_cast<std::int32_t>(cell);
        // A NaN is a maximum, and the first one stays.
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

template <class Index>
void max_pool_backward_row(const PoolMap& m, const float* dy, const Index* index, std::int64_t row, bool add,
                           float* dx) {
  for (std::int64_t f = 0; f < m.f; ++f) {
    float* __restrict to = dx + (row * m.f + f) * m.channels;
    bool written = add;
    for_each_window(m, row, f, [&](std::int64_t window, std::int64_t cell) {
      const float* __restrict from = dy + window * m.channels;
      const Index* __restrict winner = index + window * m.channels;
      const auto number = static_cast<std::int32_t>(cell);
      const bool keep = written;
#pragma omp simd
      for (std::int64_t c = 0; c < m.channels; ++c) {
        to[c] = (keep ? to[c] : 0.0f) + (winner[c] == number ? from[c] : 0.0f);
      }
      written = true;
    });
    clear_unless(written, to, m.channels);
  }
}

void avg_pool_row(const PoolMap& m, const float* x, std::int64_t row, bool add, float* y) {
  const float factor = 1.0f / static_cast<float>(m.kernel_t * m.kernel_f);
  for (std::int64_t out_f = 0; out_f < m.out_f; ++out_f) {
    for (std::int64_t c = 0; c < m.channels; c += kChunk) {
      const std::int64_t n = smaller(kChunk, m.channels - c);
      float sum[kChunk];
      clear_unless(false, sum, n);
      for_each_cell(m, row, out_f, [&](std::int64_t from, std::int64_t) {
        const float* __restrict value = x + from * m.channels + c;
#pragma omp simd
        for (std::int64_t k = 0; k < n; ++k) sum[k] += value[k];
      });
      float* to = y + (row * m.out_f + out_f) * m.channels + c;
      for (std::int64_t k = 0; k < n; ++k) to[k] = (add ? to[k] : 0.0f) + factor * sum[k];
    }
  }
}

void avg_pool_backward_row(const PoolMap& m, const float* dy, std::int64_t row, bool add, float* dx) {
  const float factor = 1.0f / static_cast<float>(m.kernel_t * m.kernel_f);
  for (std::int64_t f = 0; f < m.f; ++f) {
    float* __restrict to = dx + (row * m.f + f) * m.channels;
    clear_unless(add, to, m.channels);
    for_each_window(m, row, f, [&](std::int64_t window, std::int64_t) {
      const float* __restrict from = dy + window * m.channels;
#pragma omp simd
      for (std::int64_t c = 0; c < m.channels; ++c) to[c] += factor * from[c];
    });
  }
}

template void max_pool_row(const PoolMap&, const float*, std::int64_t, bool, float*, std::uint8_t*);
template void max_pool_row(const PoolMap&, const float*, std::int64_t, bool, float*, std::int32_t*);
template void max_pool_backward_row(const PoolMap&, const float*, const std::uint8_t*, std::int64_t, bool,
                                    float*);
template void max_pool_backward_row(const PoolMap&, const float*, const std::int32_t*, std::int64_t, bool,
                                    float*);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
