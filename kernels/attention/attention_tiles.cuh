// Attention in tiles (FlashAttention-2: Dao, 2023), written once for two kinds of products.
//
// A block of 4 warps owns 64 rows of one head, each warp 16 of them, and reads the other side in tiles of columns: rows are
// queries and columns keys, or, for dk and dv, the reverse. Scores exist in registers only; of the forward pass, the largest
// score and the sum of exponentials are carried from tile to tile, and their logarithm is saved. The backward pass computes
// the weights again from it, twice: once for dq, once for dk and dv, so that every sum has one owner and one order.
// Traffic: every row tile reads all columns: d (T / 64) S elements of k and of v per head, from the second-level cache.
//
// `Engine` has the products of tiles in shared memory and the place of each element among the lanes:
//   Stored        element of a tile           staged(x)   x as an element
//   kPitch        elements of a row           position(s) place of column s in its tile
//   product(scores, rows, columns, depth)     scores[16, kColumns] of this warp = rows . columns over `depth` features
//   accumulate(sums, weights, columns)        sums[16, kD] += weights[16, kColumns] * columns
//   kLaneRows, lane_row(i), kLanesOfRow       the rows of a lane, and neighbouring lanes that share them
//   Grid::at(i, j), lane_column(j)            element j of row i of a lane; columns of sums likewise
//   kColumnRun, kRowRun                       columns or rows side by side in a lane, of one Philox block
#pragma once

#include "kernels/attention/attention.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

inline constexpr int kAttentionThreads = 128, kAttentionRows = 64;

/// One row tile of one head.
struct AttentionBlock {
  std::int64_t n, h, first_sum;  // first_sum: place of query 0 in [N, heads, T]
  int first_row;

  template <class S>
  __device__ AttentionBlock(const AttentionParams<S>& p, int rows) {
    const unsigned tiles = (static_cast<unsigned>(rows) + kAttentionRows - 1) / kAttentionRows;
    const std::int64_t head = blockIdx.x / tiles;
    n = head / p.heads, h = head % p.heads;
    first_sum = head * p.queries;
    first_row = static_cast<int>(blockIdx.x % tiles) * kAttentionRows;
  }
};

inline Grid attention_grid(const AttentionProblem& p, std::int64_t rows, std::size_t shared_bytes) {
  return {{static_cast<unsigned>(p.examples * p.heads) * blocks_for(rows, kAttentionRows)},
          {kAttentionThreads},
          shared_bytes};
}

/// tile[place(i), c] = row first + i of a head, in the type of the engine; zeros behind `count` rows and behind the features,
/// and for rows that `is_present` denies.
template <class Engine, int kRows, class S, class Place, class Present>
__device__ void stage_rows(const AttentionParams<S>& p, const S* head, std::int64_t row_step, int first,
                           int count, typename Engine::Stored (*tile)[Engine::kPitch], const Place& place,
                           const Present& is_present) {
  constexpr int kWidth = kVectorWidth<S>, kPieces = Engine::kD / kWidth;
  for (int i = static_cast<int>(threadIdx.x); i < kRows * kPieces; i += kAttentionThreads) {
    const int row = i / kPieces, c = i % kPieces * kWidth;
    const bool present = first + row < count && c < p.head_size && is_present(first + row);
    const S* from = head + std::int64_t{first + row} * row_step + c;
    typename Engine::Stored* to = &tile[place(row)][c];
    if (present && p.vectors) {
      const auto piece = load_wide<kWidth>(from);
      SONOGRAD_UNROLL
      for (int j = 0; j < kWidth; ++j) to[j] = Engine::staged(piece[j]);
    } else {
      SONOGRAD_UNROLL
      for (int j = 0; j < kWidth; ++j)
        to[j] = Engine::staged(present && c + j < p.head_size ? widen(from[j]) : 0.0f);
    }
  }
}

/// Factors of dropout of the scores of a lane, times `values`, by the row of [N, heads, T] and the key of each. Rows are
/// queries.
template <class Engine, class S, class Values>
__device__ void drop_columns(const AttentionParams<S>& p, const AttentionBlock& block, int first_column,
                             Values& values) {
  if (!p.dropout.active) return;
  SONOGRAD_UNROLL
  for (int i = 0; i < Engine::kLaneRows; ++i) {
    const std::int64_t row = block.first_sum + block.first_row + Engine::lane_row(i);
    SONOGRAD_UNROLL
    for (int j = 0; j < Engine::kLaneColumns; j += Engine::kColumnRun) {
      const int s = first_column + Engine::lane_column(j);
      const Philox4 words = p.dropout.words(row, s / 4);
      SONOGRAD_UNROLL
      for (int u = 0; u < Engine::kColumnRun; ++u)
        values.at(i, j + u) *= p.dropout.factor(word_of(words, s % 4 + u));
    }
  }
}

/// The same where rows are keys and columns queries.
template <class Engine, class S, class Values>
__device__ void drop_rows(const AttentionParams<S>& p, const AttentionBlock& block, int first_column,
                          Values& values) {
  if (!p.dropout.active) return;
  SONOGRAD_UNROLL
  for (int j = 0; j < Engine::kLaneColumns; ++j) {
    const std::int64_t row = block.first_sum + first_column + Engine::lane_column(j);
    SONOGRAD_UNROLL
    for (int i = 0; i < Engine::kLaneRows; i += Engine::kRowRun) {
      const int s = block.first_row + Engine::lane_row(i);
      const Philox4 words = p.dropout.words(row, s / 4);
      SONOGRAD_UNROLL
      for (int u = 0; u < Engine::kRowRun; ++u)
        values.at(i + u, j) *= p.dropout.factor(word_of(words, s % 4 + u));
    }
  }
}

/// Writes the sums of a lane, times a factor for each of its rows.
template <class Engine, class S, class Sums>
__device__ void write_sums(const AttentionParams<S>& p, const AttentionBlock& block,
                           const AttentionRows<S>& to, int rows, const Sums& sums,
                           const float (&factors)[Engine::kLaneRows]) {
  S* head = to.head(block.n, block.h, p.head_size);
  SONOGRAD_UNROLL
  for (int i = 0; i < Engine::kLaneRows; ++i) {
    const int row = block.first_row + Engine::lane_row(i);
    SONOGRAD_UNROLL
    for (int j = 0; j < Sums::kLaneColumns; ++j) {
      const int c = Engine::lane_column(j);
      if (row < rows && c < p.head_size)
        write(head[row * to.row_step + c], sums.at(i, j) * factors[i], to.add);
    }
  }
}

/// Shared memory. Forward needs one tile of rows, the queries; backward two.
template <class Engine, int kRowTiles>
struct AttentionTiles {
  using T = typename Engine::Stored;
  alignas(16) T rows[kRowTiles][kAttentionRows][Engine::kPitch];
  alignas(16) T columns[2][Engine::kColumns][Engine::kPitch];  // keys and values, or queries and dy
  float sums[2][Engine::kColumns];                             // of queries: logsumexp and mean
  bool hidden[Engine::kColumns];
  typename Engine::Buffer buffer;
};

inline constexpr float kHiddenScore = -std::numeric_limits<float>::infinity();

template <class Engine, class S>
SONOGRAD_KERNEL_RESIDENT(kAttentionThreads, 2, attention_forward_kernel, AttentionParams<S> p) {
  auto& smem = *dynamic_shared<AttentionTiles<Engine, 1>>();
  const AttentionBlock block(p, p.queries);
  const auto plain = [](int i) { return i; };
  const auto in_columns = [](int i) { return Engine::position(i); };
  const auto all = [](int) { return true; };
  const auto visible = [&](int s) { return p.is_visible(block.n, s); };
  stage_rows<Engine, kAttentionRows>(p, p.q.head(block.n, block.h, p.head_size), p.q.row_step,
                                     block.first_row, p.queries, smem.rows[0], plain, all);
  typename Engine::Sums sums = {};
  float largest[Engine::kLaneRows], total[Engine::kLaneRows];
  SONOGRAD_UNROLL
  for (int i = 0; i < Engine::kLaneRows; ++i) largest[i] = kHiddenScore, total[i] = 0;
  for (int first = 0; first < p.keys; first += Engine::kColumns) {
    sync_block();
    stage_rows<Engine, Engine::kColumns>(p, p.k.head(block.n, block.h, p.head_size), p.k.row_step, first,
                                         p.keys, smem.columns[0], in_columns, visible);
    stage_rows<Engine, Engine::kColumns>(p, p.v.head(block.n, block.h, p.head_size), p.v.row_step, first,
                                         p.keys, smem.columns[1], in_columns, visible);
    for (int s = static_cast<int>(threadIdx.x); s < Engine::kColumns; s += kAttentionThreads)
      smem.hidden[s] = first + s >= p.keys || !visible(first + s);
    sync_block();
    typename Engine::Scores scores = {};
    Engine::product(scores, smem.rows[0], smem.columns[0], p.head_size);
    SONOGRAD_UNROLL
    for (int i = 0; i < Engine::kLaneRows; ++i) {
      const int t = block.first_row + Engine::lane_row(i);
      float next = kHiddenScore;
      SONOGRAD_UNROLL
      for (int j = 0; j < Engine::kLaneColumns; ++j) {
        const int column = Engine::lane_column(j);
        float& z = scores.at(i, j);
        z = smem.hidden[column] ? kHiddenScore
                                : z * p.scale + (t < p.queries ? p.bias_of(t, first + column) : 0.0f);
        next = z > next ? z : next;
      }
      next = warp_reduce<Engine::kLanesOfRow>(next, [](float a, float b) { return a < b ? b : a; });
      next = next > largest[i] ? next : largest[i];
      const float factor = next == largest[i] ? 1.0f : std::exp(largest[i] - next);
      const float shift = next == kHiddenScore ? 0.0f : next;
      largest[i] = next;
      total[i] *= factor;
      SONOGRAD_UNROLL
      for (int j = 0; j < Engine::kLaneColumns; ++j) {
        float& z = scores.at(i, j);
        z = std::exp(z - shift);
        total[i] += z;
      }
      SONOGRAD_UNROLL
      for (int j = 0; j < Engine::Sums::kLaneColumns; ++j) sums.at(i, j) *= factor;
    }
    drop_columns<Engine>(p, block, first, scores);
    Engine::accumulate(sums, scores, smem.columns[1], smem.buffer);
  }
  float factors[Engine::kLaneRows];
  SONOGRAD_UNROLL
  for (int i = 0; i < Engine::kLaneRows; ++i) {
    const float sum = warp_sum<Engine::kLanesOfRow>(total[i]);
    const int t = block.first_row + Engine::lane_row(i);
    factors[i] = sum == 0 ? 0.0f : 1 / sum;
    if (t < p.queries && Engine::lane_column(0) == 0) {
      p.logsumexp[block.first_sum + t] =
          sum == 0 ? 0.0f : (largest[i] == kHiddenScore ? 0.0f : largest[i]) + std::log(sum);
    }
  }
  write_sums<Engine>(p, block, p.out, p.queries, sums, factors);
}

/// means[row] = dy . y, a warp per query.
template <class S>
SONOGRAD_KERNEL(kRowThreads, attention_means_kernel, AttentionParams<S> p) {
  const std::int64_t row = row_of_warp();
  if (row >= p.examples * p.heads * p.queries) return;
  const std::int64_t n = row / p.queries / p.heads, h = row / p.queries % p.heads, t = row % p.queries;
  const S* y = p.y.head(n, h, p.head_size) + t * p.y.row_step;
  const S* dy = p.dy.head(n, h, p.head_size) + t * p.dy.row_step;
  const float mean = sum_of_row(p.head_size, [&](std::int64_t c) { return widen(y[c]) * widen(dy[c]); });
  if (lane_index() == 0) p.means[row] = mean;
}

/// dq: rows are queries.
template <class Engine, class S>
SONOGRAD_KERNEL_RESIDENT(kAttentionThreads, 3, attention_backward_queries_kernel, AttentionParams<S> p) {
  auto& smem = *dynamic_shared<AttentionTiles<Engine, 2>>();
  const AttentionBlock block(p, p.queries);
  const auto plain = [](int i) { return i; };
  const auto in_columns = [](int i) { return Engine::position(i); };
  const auto all = [](int) { return true; };
  const auto visible = [&](int s) { return p.is_visible(block.n, s); };
  stage_rows<Engine, kAttentionRows>(p, p.q.head(block.n, block.h, p.head_size), p.q.row_step,
                                     block.first_row, p.queries, smem.rows[0], plain, all);
  stage_rows<Engine, kAttentionRows>(p, p.dy.head(block.n, block.h, p.head_size), p.dy.row_step,
                                     block.first_row, p.queries, smem.rows[1], plain, all);
  typename Engine::Sums sums = {};
  float shift[Engine::kLaneRows], mean[Engine::kLaneRows], factors[Engine::kLaneRows];
  SONOGRAD_UNROLL
  for (int i = 0; i < Engine::kLaneRows; ++i) {
    const int t = block.first_row + Engine::lane_row(i);
    shift[i] = t < p.queries ? p.logsumexp[block.first_sum + t] : 0.0f;
    mean[i] = t < p.queries ? p.means[block.first_sum + t] : 0.0f;
    factors[i] = p.scale;
  }
  for (int first = 0; first < p.keys; first += Engine::kColumns) {
    sync_block();
    stage_rows<Engine, Engine::kColumns>(p, p.k.head(block.n, block.h, p.head_size), p.k.row_step, first,
                                         p.keys, smem.columns[0], in_columns, visible);
    stage_rows<Engine, Engine::kColumns>(p, p.v.head(block.n, block.h, p.head_size), p.v.row_step, first,
                                         p.keys, smem.columns[1], in_columns, visible);
    for (int s = static_cast<int>(threadIdx.x); s < Engine::kColumns; s += kAttentionThreads)
      smem.hidden[s] = first + s >= p.keys || !visible(first + s);
    sync_block();
    typename Engine::Scores weights = {}, errors = {};
    Engine::product(weights, smem.rows[0], smem.columns[0], p.head_size);
    Engine::product(errors, smem.rows[1], smem.columns[1], p.head_size);
    drop_columns<Engine>(p, block, first, errors);
    SONOGRAD_UNROLL
    for (int i = 0; i < Engine::kLaneRows; ++i) {
      const int t = block.first_row + Engine::lane_row(i);
      SONOGRAD_UNROLL
      for (int j = 0; j < Engine::kLaneColumns; ++j) {
        const int column = Engine::lane_column(j);
        float& e = errors.at(i, j);
        const bool hidden = smem.hidden[column];
        const float bias = hidden || t >= p.queries ? 0.0f : p.bias_of(t, first + column);
        const float w = std::exp(weights.at(i, j) * p.scale + bias - shift[i]);
        e = hidden || t >= p.queries ? 0.0f : w * (e - mean[i]);
      }
    }
    Engine::accumulate(sums, errors, smem.columns[0], smem.buffer);
  }
  write_sums<Engine>(p, block, p.out, p.queries, sums, factors);
}

/// dk and dv: rows are keys, columns are queries.
template <class Engine, class S>
SONOGRAD_KERNEL_RESIDENT(kAttentionThreads, 3, attention_backward_keys_kernel, AttentionParams<S> p) {
  auto& smem = *dynamic_shared<AttentionTiles<Engine, 2>>();
  const AttentionBlock block(p, p.keys);
  const auto plain = [](int i) { return i; };
  const auto in_columns = [](int i) { return Engine::position(i); };
  const auto all = [](int) { return true; };
  const auto visible = [&](int s) { return p.is_visible(block.n, s); };
  stage_rows<Engine, kAttentionRows>(p, p.k.head(block.n, block.h, p.head_size), p.k.row_step,
                                     block.first_row, p.keys, smem.rows[0], plain, visible);
  stage_rows<Engine, kAttentionRows>(p, p.v.head(block.n, block.h, p.head_size), p.v.row_step,
                                     block.first_row, p.keys, smem.rows[1], plain, visible);
  typename Engine::Sums dk = {}, dv = {};
  bool hidden[Engine::kLaneRows];
  float dk_factors[Engine::kLaneRows], dv_factors[Engine::kLaneRows];
  SONOGRAD_UNROLL
  for (int i = 0; i < Engine::kLaneRows; ++i) {
    const int s = block.first_row + Engine::lane_row(i);
    hidden[i] = s >= p.keys || !visible(s);
    dk_factors[i] = p.scale, dv_factors[i] = 1;
  }
  for (int first = 0; first < p.queries; first += Engine::kColumns) {
    sync_block();
    stage_rows<Engine, Engine::kColumns>(p, p.q.head(block.n, block.h, p.head_size), p.q.row_step, first,
                                         p.queries, smem.columns[0], in_columns, all);
    stage_rows<Engine, Engine::kColumns>(p, p.dy.head(block.n, block.h, p.head_size), p.dy.row_step, first,
                                         p.queries, smem.columns[1], in_columns, all);
    for (int t = static_cast<int>(threadIdx.x); t < Engine::kColumns; t += kAttentionThreads) {
      const bool present = first + t < p.queries;
      smem.hidden[t] = !present;
      smem.sums[0][t] = present ? p.logsumexp[block.first_sum + first + t] : 0.0f;
      smem.sums[1][t] = present ? p.means[block.first_sum + first + t] : 0.0f;
    }
    sync_block();
    typename Engine::Scores weights = {}, errors = {};
    Engine::product(weights, smem.rows[0], smem.columns[0], p.head_size);
    Engine::product(errors, smem.rows[1], smem.columns[1], p.head_size);
    drop_rows<Engine>(p, block, first, errors);
    SONOGRAD_UNROLL
    for (int i = 0; i < Engine::kLaneRows; ++i) {
      const int s = block.first_row + Engine::lane_row(i);
      SONOGRAD_UNROLL
      for (int j = 0; j < Engine::kLaneColumns; ++j) {
        const int column = Engine::lane_column(j);
        const bool absent = hidden[i] || smem.hidden[column];
        float &w = weights.at(i, j), &e = errors.at(i, j);
        w = absent ? 0.0f : std::exp(w * p.scale + p.bias_of(first + column, s) - smem.sums[0][column]);
        e = absent ? 0.0f : w * (e - smem.sums[1][column]);
      }
    }
    Engine::accumulate(dk, errors, smem.columns[0], smem.buffer);
    drop_rows<Engine>(p, block, first, weights);
    Engine::accumulate(dv, weights, smem.columns[1], smem.buffer);
  }
  // The weights of hidden keys are 0, but queries may be infinite or NaN.
  SONOGRAD_UNROLL
  for (int i = 0; i < Engine::kLaneRows; ++i) {
    SONOGRAD_UNROLL
    for (int j = 0; j < Engine::Sums::kLaneColumns; ++j) {
      dk.at(i, j) = hidden[i] ? 0.0f : dk.at(i, j);
      dv.at(i, j) = hidden[i] ? 0.0f : dv.at(i, j);
    }
  }
  if (p.dk.data != nullptr) write_sums<Engine>(p, block, p.dk, p.keys, dk, dk_factors);
  if (p.dv.data != nullptr) write_sums<Engine>(p, block, p.dv, p.keys, dv, dv_factors);
}

template <class Engine, class S>
void launch_attention_forward(std::string_view name, const AttentionProblem& p,
                              const AttentionForward::Args& args) {
  launch(name, attention_forward_kernel<Engine, S>,
         attention_grid(p, p.queries, sizeof(AttentionTiles<Engine, 1>)), attention_params<S>(p, args));
}

/// `means` [N, heads, T].
template <class Engine, class S>
void launch_attention_backward(std::string_view name, const AttentionProblem& p,
                               const AttentionBackward::Args& args, float* means) {
  auto params = attention_params<S>(p, args);
  params.means = means;
  launch("attention_means", attention_means_kernel<S>, grid_of_rows(p.sums_shape().numel()), params);
  if (params.out.data != nullptr) {
    launch(name, attention_backward_queries_kernel<Engine, S>,
           attention_grid(p, p.queries, sizeof(AttentionTiles<Engine, 2>)), params);
  }
  if (params.dk.data != nullptr || params.dv.data != nullptr) {
    launch(name, attention_backward_keys_kernel<Engine, S>,
           attention_grid(p, p.keys, sizeof(AttentionTiles<Engine, 2>)), params);
  }
}

inline std::size_t attention_means_bytes(const AttentionProblem& p) {
  return Workspace::bytes<float>(static_cast<std::size_t>(p.sums_shape().numel()));
}

inline const char* why_not_attention_tiles(const AttentionProblem& p, const Context& context) {
  if (p.head_size > 64) return "more than 64 features of a head";
  return why_not_attention(p, context);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
