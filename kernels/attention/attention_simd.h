// One example and head of attention, in blocks of queries and tiles of keys: all operands of an inner product are in the
// first-level cache, and scores exist for one tile only.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"
#include "kernels/core/simd_random.h"

namespace sonograd::kernels::cpu {

/// Queries of a block and keys of a tile: multiples of the rows of an inner product (6) and of a vector.
inline constexpr std::int64_t kAttentionQueries = 48, kAttentionKeys = 96;

/// Rows of one head: `step` elements apart, features dense.
template <class T>
struct HeadRows {
  T* first;
  std::int64_t step;
};

/// Operands of both directions. In scratch memory, with `width`, d rounded up to vectors of 16, and `tiles` of keys: kt and vt
/// [tiles, d, kAttentionKeys]; keys and values [tiles * kAttentionKeys, width]. Missing and hidden keys are zeros there.
template <class T>
struct AttentionHead {
  std::int64_t queries, keys, head_size, width;
  HeadRows<const T> q, k, v;
  const std::uint8_t* key_mask;  ///< [S], or null
  const float* bias;             ///< [T, S], or null
  float scale;
  bool drops;
  simd::RandomWords key;
  std::uint32_t first_block, blocks_of_row, threshold;  ///< of the random words of this head
  float kept;                                           ///< factor of weights that are not dropped
};

struct ForwardScratch {
  float *kt, *values;  ///< [tiles, d, kAttentionKeys], [tiles * kAttentionKeys, width]
  float *q, *z,
      *sums;  ///< of a block of queries: [kAttentionQueries, width], [.., kAttentionKeys], [.., width]
};
struct BackwardScratch {
  float *kt, *vt, *keys;  ///< as above
  float *dk, *dv;         ///< [tiles * kAttentionKeys, width]
  float *q, *dy, *dq;     ///< of a block of queries: [kAttentionQueries, width]
  float *z, *g;           ///< [kAttentionQueries, kAttentionKeys]
};

// clang-format off
SONOGRAD_SIMD_DECLARE(template <class T>
                      void attention_head(const AttentionHead<T>& h, const ForwardScratch& scratch, HeadRows<T> y, bool add,
                                          float* logsumexp))
/// Targets whose `first` is null are not written.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void attention_head_gradient(const AttentionHead<T>& h, const BackwardScratch& scratch,
                                                   HeadRows<const T> y, const float* logsumexp, HeadRows<const T> dy,
                                                   HeadRows<T> dq, bool add_dq, HeadRows<T> dk, bool add_dk,
                                                   HeadRows<T> dv, bool add_dv))
/// Row t of the weights, [T, S] dense.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void attention_head_weights(const AttentionHead<T>& h, const ForwardScratch& scratch, float* weights))
// clang-format on

}  // namespace sonograd::kernels::cpu
