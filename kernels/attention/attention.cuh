// Parts of the attention kernels: parameters, and the mask of dropout.
#pragma once

#include <limits>

#include "kernels/attention/attention.h"
#include "kernels/core/reference.h"
#include "kernels/simt/row_per_warp.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Rows of a tensor [N, rows, heads * d] with dense features; null data: not given.
template <class S>
struct AttentionRows {
  S* data;
  std::int64_t example_step, row_step;
  bool add;  // of results

  /// Row 0 of a head.
  __device__ S* head(std::int64_t n, std::int64_t h, int head_size) const {
    return data + n * example_step + h * head_size;
  }
};

/// Which weights are dropped.
struct AttentionDropout {
  RandomKey key;
  std::uint32_t threshold, blocks_of_row;
  float kept;  // factor of the others
  bool active;

  /// Words of keys 4 * group to 4 * group + 3 of row `row` of [N, heads, T].
  __device__ Philox4 words(std::int64_t row, int group) const {
    const std::uint32_t block =
        static_cast<std::uint32_t>(row) * blocks_of_row + static_cast<std::uint32_t>(group);
    return philox4x32({block, key.example, key.step, static_cast<std::uint32_t>(key.stream)},
                      {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)});
  }
  __device__ float factor(std::uint32_t word) const { return word < threshold ? 0.0f : kept; }
};

/// Word `i`, without an array in memory.
__device__ inline std::uint32_t word_of(const Philox4& words, int i) {
  const std::uint32_t low = i % 2 == 0 ? words[0] : words[1], high = i % 2 == 0 ? words[2] : words[3];
  return i < 2 ? low : high;
}

template <class S>
struct AttentionParams {
  AttentionRows<const S> q, k, v, y, dy;
  AttentionRows<S> out, dk, dv;  // out: y forward, dq backward
  const std::uint8_t* key_mask;  // [N, S], or null
  const float* bias;             // [T, S], or null
  float* logsumexp;              // [N, heads, T]
  float* means;                  // [N, heads, T], backward: dy . y
  std::int64_t examples;
  int queries, keys, heads, head_size;
  float scale;
  AttentionDropout dropout;
  bool vectors;  // rows may be read by accesses of 16 bytes

  __device__ bool is_visible(std::int64_t n, int s) const {
    return key_mask == nullptr || key_mask[n * keys + s] != 0;
  }
  __device__ float bias_of(int t, int s) const {
    return bias == nullptr ? 0.0f : bias[std::int64_t{t} * keys + s];
  }
};

template <class S>
AttentionRows<S> attention_rows(const View& view, bool add = false) {
  if (!view.defined()) return {nullptr, 0, 0, false};
  return {view.data<std::remove_const_t<S>>(), view.stride(0), view.stride(1), add};
}

/// True when 16-byte accesses may read these rows of a head.
template <class S>
bool rows_are_aligned(const AttentionProblem& p, const AttentionRows<const S>& rows) {
  constexpr int kWidth = kVectorWidth<S>;
  return vector_aligned(rows.data) && rows.example_step % kWidth == 0 && rows.row_step % kWidth == 0 &&
         p.head_size % kWidth == 0;
}

template <class S>
AttentionParams<S> attention_params(const AttentionProblem& p, const View& q, const View& k, const View& v,
                                    const View& key_mask, const View& bias) {
  AttentionParams<S> params = {};
  params.q = attention_rows<const S>(q);
  params.k = attention_rows<const S>(k);
  params.v = attention_rows<const S>(v);
  params.key_mask = p.has_key_mask ? key_mask.data<std::uint8_t>() : nullptr;
  params.bias = p.has_bias ? bias.data<float>() : nullptr;
  params.examples = p.examples;
  params.queries = static_cast<int>(p.queries), params.keys = static_cast<int>(p.keys);
  params.heads = static_cast<int>(p.heads), params.head_size = static_cast<int>(p.head_size);
  params.scale = static_cast<float>(p.scale);
  params.dropout = {p.key, p.threshold(), p.first_block(1), static_cast<float>(1 / (1 - p.dropout)),
                    p.dropout > 0};
  params.vectors = rows_are_aligned(p, params.q) && rows_are_aligned(p, params.k) &&
                   (params.v.data == nullptr || rows_are_aligned(p, params.v));
  return params;
}

template <class S>
AttentionParams<S> attention_params(const AttentionProblem& p, const AttentionForward::Args& a) {
  auto params = attention_params<S>(p, a.q, a.k, a.v, a.key_mask, a.bias);
  params.out = attention_rows<S>(a.y.view, a.y.adds());
  params.logsumexp = a.logsumexp.data<float>();
  return params;
}

template <class S>
AttentionParams<S> attention_params(const AttentionProblem& p, const AttentionBackward::Args& a) {
  auto params = attention_params<S>(p, a.q, a.k, a.v, a.key_mask, a.bias);
  params.y = attention_rows<const S>(a.y);
  params.dy = attention_rows<const S>(a.dy);
  params.out = attention_rows<S>(a.dq.view, a.dq.adds());
  params.dk = attention_rows<S>(a.dk.view, a.dk.adds());
  params.dv = attention_rows<S>(a.dv.view, a.dv.adds());
  params.logsumexp = a.logsumexp.data<float>();
  params.vectors = params.vectors && rows_are_aligned(p, params.dy);
  return params;
}

/// `why_not` of all kernels: positions are 32-bit numbers.
inline const char* why_not_attention(const AttentionProblem& p, const Context& context) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (p.queries > kMost / 2 || p.keys > kMost / 2 || p.sums_shape().numel() > kMost ||
      p.examples * p.heads * p.keys > kMost)
    return "more rows than a grid has blocks";
  return float_or_bf16(p, context);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
