#include "kernels/attention/attention_simd.h"

#include "kernels/core/simd_math.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;
using simd::widen;

constexpr std::int64_t kQueries = kAttentionQueries, kKeys = kAttentionKeys, kRows = 6;
constexpr float kHidden = -__builtin_inff();
#if defined(__AVX512F__)
constexpr int kMostVectors = 3;
#else
constexpr int kMostVectors = 2;
#endif

std::int64_t smaller(std::int64_t a, std::int64_t b) {
  return a < b ? a : b;
}
std::int64_t rounded_up(std::int64_t n, std::int64_t step) {
  return (n + step - 1) / step * step;
}

// ---- C[i, j] (= or +=) sum over l < k of a[i * row + l * column] * b[l, j] for kRows rows and kVectors vectors.
struct Product {
  const float* a;
  std::int64_t a_row, a_column;
  const float* b;
  std::int64_t b_step, k;
  float* c;
  std::int64_t c_step;
  bool add;
};

template <int kVectors>
inline void multiply_rows(const Product& p, std::int64_t row, std::int64_t column) {
  Vector sums[kRows][kVectors] = {};
  float* c = p.c + row * p.c_step + column;
  if (p.add) {
    for (int i = 0; i < kRows; ++i) {
      for (int j = 0; j < kVectors; ++j) sums[i][j] = load(c + i * p.c_step + j * kVector);
    }
  }
  const float* a = p.a + row * p.a_row;
  const float* b = p.b + column;
  for (std::int64_t l = 0; l < p.k; ++l) {
    Vector row_of_b[kVectors];
    for (int j = 0; j < kVectors; ++j) row_of_b[j] = load(b + l * p.b_step + j * kVector);
    for (int i = 0; i < kRows; ++i) {
      const float factor = a[i * p.a_row + l * p.a_column];
      for (int j = 0; j < kVectors; ++j) sums[i][j] += factor * row_of_b[j];
    }
  }
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kVectors; ++j) store(sums[i][j], c + i * p.c_step + j * kVector);
  }
}

// `rows` are rounded up to kRows, `columns` to vectors.
void multiply(const Product& p, std::int64_t rows, std::int64_t columns) {
  std::int64_t column = 0;
  for (; column + kMostVectors * kVector <= columns; column += kMostVectors * kVector) {
    for (std::int64_t row = 0; row < rows; row += kRows) multiply_rows<kMostVectors>(p, row, column);
  }
  for (; column < columns; column += kVector) {
    for (std::int64_t row = 0; row < rows; row += kRows) multiply_rows<1>(p, row, column);
  }
}

// ---- Packing
template <class T>
bool is_hidden(const AttentionHead<T>& h, std::int64_t s) {
  return s >= h.keys || (h.key_mask != nullptr && h.key_mask[s] == 0);
}

// to[tile, c, s] = row s, feature c
template <class T>
void pack_transposed(const AttentionHead<T>& h, HeadRows<const T> rows, float* to) {
  for (std::int64_t s = 0; s < rounded_up(h.keys, kKeys); ++s) {
    float* column = to + s / kKeys * h.head_size * kKeys + s % kKeys;
    const bool hidden = is_hidden(h, s);
    for (std::int64_t c = 0; c < h.head_size; ++c)
      column[c * kKeys] = hidden ? 0.0f : widen(rows.first[s * rows.step + c]);
  }
}

// One row with zeros behind its features.
template <class T>
void pack_row(const AttentionHead<T>& h, const T* row, bool hidden, float* to) {
  for (std::int64_t c = 0; c < h.head_size; ++c) to[c] = hidden ? 0.0f : widen(row[c]);
  for (std::int64_t c = h.head_size; c < h.width; ++c) to[c] = 0;
}
template <class T>
void pack_keys(const AttentionHead<T>& h, HeadRows<const T> rows, float* to) {
  for (std::int64_t s = 0; s < rounded_up(h.keys, kKeys); ++s) {
    const bool hidden = is_hidden(h, s);
    pack_row(h, rows.first + (hidden ? 0 : s * rows.step), hidden, to + s * h.width);
  }
}
template <class T>
void pack_queries(const AttentionHead<T>& h, HeadRows<const T> rows, std::int64_t first, float* to) {
  for (std::int64_t i = 0; i < kQueries; ++i) {
    const bool missing = first + i >= h.queries;
    pack_row(h, rows.first + (missing ? 0 : (first + i) * rows.step), missing, to + i * h.width);
  }
}

// ---- A tile of scores
// Scores of row t in place of the products: columns are the keys from `first` on, up to `columns`.
template <class T>
inline void finish_scores(const AttentionHead<T>& h, const std::int32_t* hidden, std::int64_t t,
                          std::int64_t first, std::int64_t columns, float* z) {
  const float scale = h.scale;
#pragma omp simd
  for (std::int64_t s = 0; s < columns; ++s) z[s] = z[s] * scale;
  if (h.bias != nullptr) {
    const float* bias = h.bias + t * h.keys + first;
    const std::int64_t n = smaller(h.keys - first, columns);
#pragma omp simd
    for (std::int64_t s = 0; s < n; ++s) z[s] += bias[s];
  }
#pragma omp simd
  for (std::int64_t s = 0; s < columns; ++s) z[s] = hidden[s] != 0 ? kHidden : z[s];
}

template <class T>
void mark_hidden(const AttentionHead<T>& h, std::int64_t first, std::int32_t* hidden) {
  for (std::int64_t s = 0; s < kKeys; ++s) hidden[s] = is_hidden(h, first + s) ? 1 : 0;
}

// Dropout factors of the weights of row t: kKeys keys from `first` on.
template <class T>
inline void dropout_factors(const AttentionHead<T>& h, std::int64_t t, std::int64_t first, float* factors) {
  constexpr std::int64_t kBlocks = kKeys / 4;
  std::uint32_t words[kKeys];
  const std::uint32_t block =
      h.first_block + static_cast<std::uint32_t>(t) * h.blocks_of_row + static_cast<std::uint32_t>(first / 4);
#pragma omp simd
  for (std::int64_t i = 0; i < kBlocks; ++i)
    simd::random_block(h.key, block + static_cast<std::uint32_t>(i), words + 4 * i);
  const std::uint32_t threshold = h.threshold;
  const float kept = h.kept;
#pragma omp simd
  for (std::int64_t s = 0; s < kKeys; ++s) factors[s] = words[s] < threshold ? 0.0f : kept;
}

inline float largest_of(const float* z, std::int64_t columns) {
  float largest = kHidden;
#pragma omp simd reduction(max : largest)
  for (std::int64_t s = 0; s < columns; ++s) largest = z[s] > largest ? z[s] : largest;
  return largest;
}
// z = exp(z - shift); their sum.
inline float exponentials(float* z, std::int64_t columns, float shift) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t s = 0; s < columns; ++s) {
    z[s] = simd::exp(z[s] - shift);
    sum += z[s];
  }
  return sum;
}

// Scores of a block of queries for the tile of keys from `first` on, into z [kQueries, kKeys]. Returns its columns.
template <class T>
std::int64_t score_tile(const AttentionHead<T>& h, const float* q, const float* kt, std::int64_t first,
                        std::int64_t rows, float* z) {
  const std::int64_t columns = smaller(kKeys, rounded_up(h.keys - first, 16));
  multiply({q, h.width, 1, kt + first * h.head_size, kKeys, h.head_size, z, kKeys, false}, rows, columns);
  return columns;
}

// The running softmax of a row: the sum of exp(z - shift), and the largest z so far.
struct Running {
  float largest = kHidden, sum = 0;

  // Where no key is visible yet, the shift is 0, so that a NaN among hidden scores stays one.
  float shift() const { return largest == kHidden ? 0.0f : largest; }
  // Takes in a tile of scores, which become exponentials; returns the factor of earlier sums.
  float add(float* z, std::int64_t columns) {
    const float tile = largest_of(z, columns);
    const float next = tile > largest ? tile : largest;
    const float factor = next == largest ? 1.0f : simd::exp(largest - next);
    largest = next;
    sum = sum * factor + exponentials(z, columns, shift());
    return factor;
  }
  float logsumexp() const { return sum == 0 ? 0.0f : shift() + simd::log(sum); }
};

}  // namespace

template <class T>
void attention_head(const AttentionHead<T>& h, const ForwardScratch& scratch, HeadRows<T> y, bool add,
                    float* logsumexp) {
  pack_transposed(h, h.k, scratch.kt);
  pack_keys(h, h.v, scratch.values);
  std::int32_t hidden[kKeys];
  float factors[kKeys];
  for (std::int64_t first_query = 0; first_query < h.queries; first_query += kQueries) {
    const std::int64_t rows = smaller(kQueries, h.queries - first_query);
    pack_queries(h, h.q, first_query, scratch.q);
    for (std::int64_t i = 0; i < kQueries * h.width; ++i) scratch.sums[i] = 0;
    Running running[kQueries];
    for (std::int64_t first = 0; first < h.keys; first += kKeys) {
      mark_hidden(h, first, hidden);
      const std::int64_t columns = score_tile(h, scratch.q, scratch.kt, first, rows, scratch.z);
      for (std::int64_t i = 0; i < rows; ++i) {
        float* z = scratch.z + i * kKeys;
        finish_scores(h, hidden, first_query + i, first, columns, z);
        const float factor = running[i].add(z, columns);
        float* sums = scratch.sums + i * h.width;
        if (factor != 1.0f) {
#pragma omp simd
          for (std::int64_t c = 0; c < h.width; ++c) sums[c] *= factor;
        }
        if (h.drops) {
          dropout_factors(h, first_query + i, first, factors);
#pragma omp simd
          for (std::int64_t s = 0; s < columns; ++s) z[s] *= factors[s];
        }
      }
      multiply({scratch.z, kKeys, 1, scratch.values + first * h.width, h.width,
                smaller(kKeys, h.keys - first), scratch.sums, h.width, true},
               rows, h.width);
    }
    for (std::int64_t i = 0; i < rows; ++i) {
      const float factor = running[i].sum == 0 ? 0.0f : 1.0f / running[i].sum;
      const float* sums = scratch.sums + i * h.width;
      simd::write(add, h.head_size, y.first + (first_query + i) * y.step,
                  [=](std::int64_t c) { return sums[c] * factor; });
      logsumexp[first_query + i] = running[i].logsumexp();
    }
  }
}

template <class T>
void attention_head_gradient(const AttentionHead<T>& h, const BackwardScratch& scratch, HeadRows<const T> y,
                             const float* logsumexp, HeadRows<const T> dy, HeadRows<T> dq, bool add_dq,
                             HeadRows<T> dk, bool add_dk, HeadRows<T> dv, bool add_dv) {
  pack_transposed(h, h.k, scratch.kt);
  pack_transposed(h, h.v, scratch.vt);
  pack_keys(h, h.k, scratch.keys);
  for (std::int64_t i = 0; i < rounded_up(h.keys, kKeys) * h.width; ++i) scratch.dk[i] = scratch.dv[i] = 0;
  std::int32_t hidden[kKeys];
  float factors[kKeys];
  for (float& factor : factors) factor = 1;
  for (std::int64_t first_query = 0; first_query < h.queries; first_query += kQueries) {
    const std::int64_t rows = smaller(kQueries, h.queries - first_query);
    pack_queries(h, h.q, first_query, scratch.q);
    pack_queries(h, dy, first_query, scratch.dy);
    for (std::int64_t i = 0; i < kQueries * h.width; ++i) scratch.dq[i] = 0;
    float means[kQueries];
    for (std::int64_t i = 0; i < rows; ++i) {
      const T* row = y.first + (first_query + i) * y.step;
      const float* gradient = scratch.dy + i * h.width;
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t c = 0; c < h.head_size; ++c) sum += widen(row[c]) * gradient[c];
      means[i] = sum;
    }
    for (std::int64_t first = 0; first < h.keys; first += kKeys) {
      mark_hidden(h, first, hidden);
      const std::int64_t columns = score_tile(h, scratch.q, scratch.kt, first, rows, scratch.z);
      score_tile(h, scratch.dy, scratch.vt, first, rows, scratch.g);
      for (std::int64_t i = 0; i < rows; ++i) {
        float *z = scratch.z + i * kKeys, *g = scratch.g + i * kKeys;
        finish_scores(h, hidden, first_query + i, first, columns, z);
        exponentials(z, columns, logsumexp[first_query + i]);
        if (h.drops) dropout_factors(h, first_query + i, first, factors);
        const float mean = means[i];
#pragma omp simd
        for (std::int64_t s = 0; s < columns; ++s) {
          const float e = z[s] * (factors[s] * g[s] - mean);
          g[s] = hidden[s] != 0 ? 0.0f : e;
          z[s] = hidden[s] != 0 ? 0.0f : z[s] * factors[s];
        }
        for (std::int64_t s = columns; s < kKeys; ++s) z[s] = g[s] = 0;
      }
      const std::int64_t keys = smaller(kKeys, h.keys - first);
      multiply(
          {scratch.g, kKeys, 1, scratch.keys + first * h.width, h.width, keys, scratch.dq, h.width, true},
          rows, h.width);
      multiply({scratch.g, 1, kKeys, scratch.q, h.width, rows, scratch.dk + first * h.width, h.width, true},
               keys, h.width);
      multiply({scratch.z, 1, kKeys, scratch.dy, h.width, rows, scratch.dv + first * h.width, h.width, true},
               keys, h.width);
    }
    for (std::int64_t i = 0; i < rows && dq.first != nullptr; ++i) {
      const float* sums = scratch.dq + i * h.width;
      const float scale = h.scale;
      simd::write(add_dq, h.head_size, dq.first + (first_query + i) * dq.step,
                  [=](std::int64_t c) { return sums[c] * scale; });
    }
  }
  for (std::int64_t s = 0; s < h.keys; ++s) {
    float *dk_sums = scratch.dk + s * h.width, *dv_sums = scratch.dv + s * h.width;
    if (is_hidden(h, s)) {  // its weights are 0, but queries may be infinite or NaN
      for (std::int64_t c = 0; c < h.head_size; ++c) dk_sums[c] = dv_sums[c] = 0;
    }
    const float scale = h.scale;
    if (dk.first != nullptr) {
      simd::write(add_dk, h.head_size, dk.first + s * dk.step,
                  [=](std::int64_t c) { return dk_sums[c] * scale; });
    }
    if (dv.first != nullptr) {
      simd::write(add_dv, h.head_size, dv.first + s * dv.step, [=](std::int64_t c) { return dv_sums[c]; });
    }
  }
}

template <class T>
void attention_head_weights(const AttentionHead<T>& h, const ForwardScratch& scratch, float* weights) {
  pack_transposed(h, h.k, scratch.kt);
  std::int32_t hidden[kKeys];
  for (std::int64_t first_query = 0; first_query < h.queries; first_query += kQueries) {
    const std::int64_t rows = smaller(kQueries, h.queries - first_query);
    pack_queries(h, h.q, first_query, scratch.q);
    for (std::int64_t first = 0; first < h.keys; first += kKeys) {
      mark_hidden(h, first, hidden);
      const std::int64_t columns = score_tile(h, scratch.q, scratch.kt, first, rows, scratch.z);
      for (std::int64_t i = 0; i < rows; ++i) {
        float* row = weights + (first_query + i) * h.keys + first;
        const float* z = scratch.z + i * kKeys;
        finish_scores(h, hidden, first_query + i, first, columns, scratch.z + i * kKeys);
        for (std::int64_t s = 0; s < smaller(kKeys, h.keys - first); ++s) row[s] = z[s];
      }
    }
    for (std::int64_t i = 0; i < rows; ++i) {
      float* row = weights + (first_query + i) * h.keys;
      const float largest = largest_of(row, h.keys);
      const float sum = exponentials(row, h.keys, largest == kHidden ? 0.0f : largest);
      const float factor = sum == 0 ? 0.0f : 1.0f / sum;
#pragma omp simd
      for (std::int64_t s = 0; s < h.keys; ++s) row[s] *= factor;
    }
  }
}

#define SONOGRAD_INSTANTIATE(T)                                                                             \
  template void attention_head(const AttentionHead<T>&, const ForwardScratch&, HeadRows<T>, bool, float*);  \
  template void attention_head_gradient(const AttentionHead<T>&, const BackwardScratch&, HeadRows<const T>, \
                                        const float*, HeadRows<const T>, HeadRows<T>, bool, HeadRows<T>,    \
                                        bool, HeadRows<T>, bool);                                           \
  template void attention_head_weights(const AttentionHead<T>&, const ForwardScratch&, float*);
SONOGRAD_INSTANTIATE(float)
SONOGRAD_INSTANTIATE(bf16)
#undef SONOGRAD_INSTANTIATE

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
