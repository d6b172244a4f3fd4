// Rows of the CPU that work in blocks (attention_simd.h). A task is one example and head, which one thread computes from
// its first to its last sum; tasks share a fixed number of pieces of scratch memory.
#include <algorithm>

#include "kernels/attention/attention.h"
#include "kernels/attention/attention_simd.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kMostLanes = 64;

std::int64_t lanes_of(const AttentionProblem& p) {
  return std::min(kMostLanes, p.examples * p.heads);
}
std::int64_t padded_width(const AttentionProblem& p) {
  return (p.head_size + 15) / 16 * 16;
}

// Numbers of floats of the parts of scratch memory.
struct Extents {
  std::size_t transposed, keys, block, tile;

  explicit Extents(const AttentionProblem& p) {
    const std::int64_t padded_keys = blocks_of(p.keys, kAttentionKeys) * kAttentionKeys;
    transposed = static_cast<std::size_t>(padded_keys * p.head_size);
    keys = static_cast<std::size_t>(padded_keys * padded_width(p));
    block = static_cast<std::size_t>(kAttentionQueries * padded_width(p));
    tile = static_cast<std::size_t>(kAttentionQueries * kAttentionKeys);
  }
};

std::size_t forward_bytes(const AttentionProblem& p) {
  const Extents n(p);
  return static_cast<std::size_t>(lanes_of(p)) *
         (Workspace::bytes<float>(n.transposed) + Workspace::bytes<float>(n.keys) +
          2 * Workspace::bytes<float>(n.block) + Workspace::bytes<float>(n.tile));
}
std::size_t backward_bytes(const AttentionProblem& p) {
  const Extents n(p);
  return static_cast<std::size_t>(lanes_of(p)) *
         (2 * Workspace::bytes<float>(n.transposed) + 3 * Workspace::bytes<float>(n.keys) +
          3 * Workspace::bytes<float>(n.block) + 2 * Workspace::bytes<float>(n.tile));
}

ForwardScratch take_forward(const Extents& n, Workspace& memory) {
  return {memory.take<float>(n.transposed), memory.take<float>(n.keys), memory.take<float>(n.block),
          memory.take<float>(n.tile), memory.take<float>(n.block)};
}
BackwardScratch take_backward(const Extents& n, Workspace& memory) {
  return {memory.take<float>(n.transposed), memory.take<float>(n.transposed), memory.take<float>(n.keys),
          memory.take<float>(n.keys),       memory.take<float>(n.keys),       memory.take<float>(n.block),
          memory.take<float>(n.block),      memory.take<float>(n.block),      memory.take<float>(n.tile),
          memory.take<float>(n.tile)};
}

// The rows of example `n` and head `h`; null for an undefined view.
template <class T>
HeadRows<T> rows_of(const AttentionProblem& p, const View& view, std::int64_t n, std::int64_t h) {
  if (!view.defined()) return {nullptr, 0};
  return {view.data<std::remove_const_t<T>>() + n * view.stride(0) + h * p.head_size, view.stride(1)};
}

template <class T>
AttentionHead<T> head_of(const AttentionProblem& p, const View& q, const View& k, const View& v,
                         const View& key_mask, const View& bias, std::int64_t n, std::int64_t h) {
  return {.queries = p.queries,
          .keys = p.keys,
          .head_size = p.head_size,
          .width = padded_width(p),
          .q = rows_of<const T>(p, q, n, h),
          .k = rows_of<const T>(p, k, n, h),
          .v = rows_of<const T>(p, v, n, h),
          .key_mask = p.has_key_mask ? key_mask.data<std::uint8_t>() + n * p.keys : nullptr,
          .bias = p.has_bias ? bias.data<float>() : nullptr,
          .scale = static_cast<float>(p.scale),
          .drops = p.dropout > 0,
          .key = {p.key.example, p.key.step, static_cast<std::uint32_t>(p.key.stream),
                  static_cast<std::uint32_t>(p.key.seed), static_cast<std::uint32_t>(p.key.seed >> 32)},
          .first_block = p.first_block((n * p.heads + h) * p.queries),
          .blocks_of_row = p.first_block(1),
          .threshold = p.threshold(),
          .kept = static_cast<float>(1 / (1 - p.dropout))};
}

// Calls `run(scratch, example, head)` for all heads; scratch is made by `take` from the workspace of a lane.
template <class Take, class Run>
void each_task(std::string_view name, const AttentionProblem& p, Workspace workspace, const Take& take,
               const Run& run) {
  const std::int64_t lanes = lanes_of(p), tasks = p.examples * p.heads;
  const Extents extents(p);
  std::array<decltype(take(extents, workspace)), static_cast<std::size_t>(kMostLanes)> scratch;
  for (std::int64_t lane = 0; lane < lanes; ++lane)
    scratch[static_cast<std::size_t>(lane)] = take(extents, workspace);
  launch(name, lanes, [&](std::int64_t lane) {
    for (std::int64_t task = lane; task < tasks; task += lanes)
      run(scratch[static_cast<std::size_t>(lane)], task / p.heads, task % p.heads);
  });
}

template <class T>
void run_forward(const AttentionProblem& p, const AttentionForward::Args& a, Workspace workspace) {
  float* logsumexp = a.logsumexp.data<float>();
  each_task("attention_forward", p, workspace, take_forward,
            [&](const ForwardScratch& scratch, std::int64_t n, std::int64_t h) {
              SONOGRAD_SIMD_CALL(attention_head<T>)
              (head_of<T>(p, a.q, a.k, a.v, a.key_mask, a.bias, n, h), scratch, rows_of<T>(p, a.y.view, n, h),
               a.y.adds(), logsumexp + (n * p.heads + h) * p.queries);
            });
}

template <class T>
void run_backward(const AttentionProblem& p, const AttentionBackward::Args& a, Workspace workspace) {
  const float* logsumexp = a.logsumexp.data<float>();
  each_task("attention_backward", p, workspace, take_backward,
            [&](const BackwardScratch& scratch, std::int64_t n, std::int64_t h) {
              SONOGRAD_SIMD_CALL(attention_head_gradient<T>)
              (head_of<T>(p, a.q, a.k, a.v, a.key_mask, a.bias, n, h), scratch,
               rows_of<const T>(p, a.y, n, h), logsumexp + (n * p.heads + h) * p.queries,
               rows_of<const T>(p, a.dy, n, h), rows_of<T>(p, a.dq.view, n, h), a.dq.adds(),
               rows_of<T>(p, a.dk.view, n, h), a.dk.adds(), rows_of<T>(p, a.dv.view, n, h), a.dv.adds());
            });
}

template <class T>
void run_weights(const AttentionProblem& p, const AttentionWeights::Args& a, Workspace workspace) {
  float* weights = a.weights.data<float>();
  each_task("attention_weights", p, workspace, take_forward,
            [&](const ForwardScratch& scratch, std::int64_t n, std::int64_t h) {
              SONOGRAD_SIMD_CALL(attention_head_weights<T>)
              (head_of<T>(p, a.q, a.k, {}, a.key_mask, a.bias, n, h), scratch,
               weights + (n * p.heads + h) * p.queries * p.keys);
            });
}

}  // namespace

extern const KernelVariant<AttentionForward> attention_forward_blocked = {
    .name = "blocked",
    .why_not = float_or_bf16,
    .workspace = forward_bytes,
    .run = [](const AttentionProblem& p, const AttentionForward::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { run_forward<decltype(tag)>(p, a, workspace); });
    }};
extern const KernelVariant<AttentionBackward> attention_backward_blocked = {
    .name = "blocked",
    .why_not = float_or_bf16,
    .workspace = backward_bytes,
    .run = [](const AttentionProblem& p, const AttentionBackward::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { run_backward<decltype(tag)>(p, a, workspace); });
    }};
extern const KernelVariant<AttentionWeights> attention_weights_blocked = {
    .name = "blocked",
    .why_not = float_or_bf16,
    .workspace = forward_bytes,
    .run = [](const AttentionProblem& p, const AttentionWeights::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { run_weights<decltype(tag)>(p, a, workspace); });
    }};

}  // namespace sonograd::kernels::cpu
