// Reduction of the columns of a matrix [rows, channels] to one state each, in two passes and in a fixed order.
//
// First pass: a block of 8 warps owns a stretch of rows and 128 neighbouring columns, four per lane (32 and one where
// vectors may not be read); a warp reads whole cache lines of every eighth row, and the states of the warps are merged in
// order through shared memory. Rows of few channels are read several at a time, as one row with more columns, so that no
// lane is idle. Second pass: a warp per channel merges the states of the stretches. Both divisions depend on the sizes
// alone, so equal runs are equal bit for bit. Traffic, which is also the limit: the operands of the functor once.
#pragma once

#include <algorithm>
#include <concepts>
#include <string_view>
#include <type_traits>

#include "kernels/core/workspace.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

inline constexpr int kReduceWarps = 8, kReduceLanes = kWarpSize, kReduceThreads = kReduceWarps * kReduceLanes;

/// Rows of one thread: first, first + step, … below end; possibly none.
struct ColumnRows {
  std::int64_t first, step, end;
};

/// Functor of a reduction. `start` is the state of no elements; `of<N>` sets the states of N neighbouring channels, from
/// `channel` on, to those of some rows, and does not change them if there are no rows; `finish` is called once per channel.
template <class F>
concept ColumnReduction = std::is_trivially_copyable_v<F> &&
    requires(const F& f, typename F::State* states, const ColumnRows& rows, std::int64_t channel) {
  { f.start() } -> std::same_as<typename F::State>;
  { f.template of<1>(rows, channel, states) } -> std::same_as<void>;
  { f.merge(*states, *states) } -> std::same_as<typename F::State>;
  { f.finish(channel, *states) } -> std::same_as<void>;
};

/// Division of the work when a lane owns `width` columns.
struct ColumnCut {
  std::int64_t rows, channels;
  std::int64_t fold, columns;            // rows that are read as one, and columns of such a row
  std::int64_t stretch_rows, stretches;  // such rows per stretch, and number of stretches

  ColumnCut(std::int64_t matrix_rows, std::int64_t matrix_columns, int width)
      : rows(matrix_rows), channels(matrix_columns) {
    constexpr std::int64_t kLeastRows = 64, kMostBlocks = 2048, kLeast = 1;
    const std::int64_t block_columns = std::int64_t{kReduceLanes} * width;
    fold = std::max(kLeast, block_columns / std::max(kLeast, channels));
    columns = fold * channels;
    const std::int64_t wide_rows = (rows + fold - 1) / fold;
    const std::int64_t groups = std::max(kLeast, (columns + block_columns - 1) / block_columns);
    stretches =
        std::clamp((wide_rows + kLeastRows - 1) / kLeastRows, kLeast, std::max(kLeast, kMostBlocks / groups));
    stretch_rows = (wide_rows + stretches - 1) / stretches;
  }

  std::size_t states() const { return static_cast<std::size_t>(stretches * channels); }
};

template <ColumnReduction F>
struct ColumnParams {
  F f;
  typename F::State* partial;  // [stretches, channels]
  ColumnCut cut;
};

template <int N, ColumnReduction F>
SONOGRAD_KERNEL(kReduceThreads, column_partials_kernel, ColumnParams<F> p) {
  using State = typename F::State;
  constexpr int kBlockColumns = kReduceLanes * N;
  struct Smem {
    State states[kReduceWarps][kBlockColumns];
  };
  Smem& smem = shared<Smem>();
  const std::int64_t block_column = std::int64_t{blockIdx.x} * kBlockColumns;
  const std::int64_t column = block_column + threadIdx.x * N;
  State states[N];
  for (int k = 0; k < N; ++k) states[k] = p.f.start();
  if (column < p.cut.columns) {
    const std::int64_t fold = p.cut.fold, first = blockIdx.y * p.cut.stretch_rows;
    const std::int64_t end = (first + p.cut.stretch_rows) * fold;
    const ColumnRows rows = {(first + threadIdx.y) * fold + column / p.cut.channels, kReduceWarps * fold,
                             end < p.cut.rows ? end : p.cut.rows};
    p.f.template of<N>(rows, column % p.cut.channels, states);
  }
  for (int k = 0; k < N; ++k) smem.states[threadIdx.y][threadIdx.x * N + k] = states[k];
  sync_block();
  const std::int64_t mine = thread_rank(), channel = block_column + mine;
  if (mine >= kBlockColumns || channel >= p.cut.channels) return;
  State state = p.f.start();
  for (int warp = 0; warp < kReduceWarps; ++warp) {
    for (std::int64_t k = mine; k < kBlockColumns; k += p.cut.channels) {
      state = p.f.merge(state, smem.states[warp][k]);
    }
  }
  p.partial[blockIdx.y * p.cut.channels + channel] = state;
}

template <ColumnReduction F>
SONOGRAD_KERNEL(kReduceThreads, column_finish_kernel, ColumnParams<F> p) {
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

/// Bytes of scratch memory that `reduce_columns` takes.
template <class State>
std::size_t column_workspace(std::int64_t rows, std::int64_t channels) {
  return Workspace::bytes<State>(
      std::max(ColumnCut(rows, channels, 1).states(), ColumnCut(rows, channels, 4).states()));
}

template <int N, ColumnReduction F>
void reduce_columns_by(std::string_view name, std::int64_t rows, std::int64_t channels, const F& f,
                       Workspace& scratch) {
  const ColumnCut cut(rows, channels, N);
  const ColumnParams<F> params = {f, scratch.take<typename F::State>(cut.states()), cut};
  launch(name, column_partials_kernel<N, F>,
         {{blocks_for(cut.columns, kReduceLanes * N), static_cast<unsigned>(cut.stretches)},
          {kReduceLanes, kReduceWarps}},
         params);
  launch(name, column_finish_kernel<F>, {{blocks_for(channels, kReduceWarps)}, {kReduceThreads}}, params);
}

/// Reduces all columns. `vectors`: `f` may read four neighbouring channels at a time where their number allows it.
template <ColumnReduction F>
void reduce_columns(std::string_view name, std::int64_t rows, std::int64_t channels, const F& f, bool vectors,
                    Workspace& scratch) {
  if (vectors && channels % 4 == 0) {
    reduce_columns_by<4>(name, rows, channels, f, scratch);
  } else {
    reduce_columns_by<1>(name, rows, channels, f, scratch);
  }
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
