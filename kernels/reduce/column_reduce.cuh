// The columns of a matrix [rows, channels], each reduced to one state, in two passes and in a fixed order.
//
// First pass: a block of 8 warps owns 32 neighbouring columns and a stretch of rows; a warp reads whole cache lines of
// every eighth row, and the warps' states are merged in order through shared memory. Rows of few channels are read several
// at a time, as one row with more columns, so that no lane idles. Second pass: a warp per channel merges what the
// stretches left. Both cuts depend on the sizes alone, so equal runs are equal bit for bit. Traffic: what the functor reads,
// once; that is also what limits it.
#pragma once

#include <algorithm>
#include <concepts>
#include <string_view>
#include <type_traits>

#include "kernels/core/workspace.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

inline constexpr int kReduceColumns = 32, kReduceWarps = 8, kReduceThreads = kReduceColumns * kReduceWarps;

/// Rows of one thread: first, first + step, … below end. May be none.
struct ColumnRows {
  std::int64_t first, step, end;
};

/// What becomes of a column: `start` is the state of no elements, `of` that of some; `finish` is called once per channel.
template <class F>
concept ColumnReduction = std::is_trivially_copyable_v<F> &&
    requires(const F& f, const typename F::State& state, const ColumnRows& rows, std::int64_t channel) {
  { f.start() } -> std::same_as<typename F::State>;
  { f.of(rows, channel) } -> std::same_as<typename F::State>;
  { f.merge(state, state) } -> std::same_as<typename F::State>;
  { f.finish(channel, state) } -> std::same_as<void>;
};

/// How the work is cut.
struct ColumnCut {
  std::int64_t rows, channels;
  std::int64_t fold, width;              // rows that are read as one, and its columns
  std::int64_t stretch_rows, stretches;  // of such rows

  ColumnCut(std::int64_t matrix_rows, std::int64_t columns) : rows(matrix_rows), channels(columns) {
    constexpr std::int64_t kLeastRows = 64, kMostBlocks = 2048;
    fold = std::max<std::int64_t>(1, kReduceColumns / std::max<std::int64_t>(1, channels));
    width = fold * channels;
    const std::int64_t wide_rows = (rows + fold - 1) / fold;
    const std::int64_t groups = std::max<std::int64_t>(1, (width + kReduceColumns - 1) / kReduceColumns);
    stretches = std::clamp<std::int64_t>((wide_rows + kLeastRows - 1) / kLeastRows, 1,
                                         std::max<std::int64_t>(1, kMostBlocks / groups));
    stretch_rows = (wide_rows + stretches - 1) / stretches;
  }

  template <class State>
  std::size_t workspace() const {
    return Workspace::bytes<State>(static_cast<std::size_t>(stretches * channels));
  }
};

template <ColumnReduction F>
struct ColumnParams {
  F f;
  typename F::State* partial;  // [stretches, channels]
  ColumnCut cut;
};

template <ColumnReduction F>
__global__ void __launch_bounds__(kReduceThreads) column_partials_kernel(ColumnParams<F> p) {
  using State = typename F::State;
  struct Smem {
    State states[kReduceWarps][kReduceColumns];
  };
  Smem& smem = shared<Smem>();
  const std::int64_t column = std::int64_t{blockIdx.x} * kReduceColumns + threadIdx.x;
  State state = p.f.start();
  if (column < p.cut.width) {
    const std::int64_t fold = p.cut.fold, first = blockIdx.y * p.cut.stretch_rows;
    const std::int64_t end = (first + p.cut.stretch_rows) * fold;
    const ColumnRows rows = {(first + threadIdx.y) * fold + column / p.cut.channels, kReduceWarps * fold,
                             end < p.cut.rows ? end : p.cut.rows};
    state = p.f.of(rows, column % p.cut.channels);
  }
  smem.states[threadIdx.y][threadIdx.x] = state;
  sync_block();
  if (threadIdx.y != 0 || column >= p.cut.channels) return;
  state = p.f.start();
  for (int warp = 0; warp < kReduceWarps; ++warp) {
    for (std::int64_t k = threadIdx.x; k < kReduceColumns; k += p.cut.channels) {
      state = p.f.merge(state, smem.states[warp][k]);
    }
  }
  p.partial[blockIdx.y * p.cut.channels + column] = state;
}

template <ColumnReduction F>
__global__ void __launch_bounds__(kReduceThreads) column_finish_kernel(ColumnParams<F> p) {
  using State = typename F::State;
  const std::int64_t channel = std::int64_t{blockIdx.x} * kReduceWarps + warp_index();
  if (channel >= p.cut.channels) return;
  State state = p.f.start();
  for (std::int64_t stretch = lane_index(); stretch < p.cut.stretches; stretch += kWarpSize) {
    state = p.f.merge(state, p.partial[stretch * p.cut.channels + channel]);
  }
  state = warp_reduce(state, [&](const State& a, const State& b) { return p.f.merge(a, b); });
  if (lane_index() == 0) p.f.finish(channel, state);
}

/// `scratch` must have room for `cut.workspace<F::State>()`.
template <ColumnReduction F>
void reduce_columns(std::string_view name, const ColumnCut& cut, const F& f, Workspace& scratch) {
  using State = typename F::State;
  const ColumnParams<F> params = {
      f, scratch.take<State>(static_cast<std::size_t>(cut.stretches * cut.channels)), cut};
  launch(name, column_partials_kernel<F>,
         {{blocks_for(cut.width, kReduceColumns), static_cast<unsigned>(cut.stretches)},
          {kReduceColumns, kReduceWarps}},
         params);
  launch(name, column_finish_kernel<F>, {{blocks_for(cut.channels, kReduceWarps)}, {kReduceThreads}}, params);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
