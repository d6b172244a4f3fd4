// Parts of the gemm kernels: operands as strided matrices, transposed or not, the tile and product of a block, and the
// epilogue of a sum.
#pragma once

#include <limits>

#include "kernels/core/stored.h"
#include "kernels/gemm/gemm.h"
#include "kernels/pointwise/pointwise.cuh"
#include "kernels/simt/epilogue.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Index of a matrix in a batch with two axes.
struct GemmIndex {
  unsigned outer, inner;

  __device__ std::int64_t offset(const std::int64_t (&steps)[2]) const {
    return outer * steps[0] + inner * steps[1];
  }
};

/// Blocks along x, the only axis of a grid that allows large numbers: tiles of a row of C, then rows of tiles, then
/// products.
struct GemmBlocks {
  unsigned across, down, inner;  // tiles along a row of C, along a column, and products of the inner axis

  __device__ unsigned tile_column() const { return blockIdx.x % across; }
  __device__ unsigned tile_row() const { return blockIdx.x / across % down; }
  __device__ unsigned product() const { return blockIdx.x / across / down; }
  __device__ GemmIndex index(unsigned product) const { return {product / inner, product % inner}; }
};

/// One of a batch of matrices whose lines are the rows of op(A) or the columns of op(B): element (line, l) is multiplied
/// with element (other line, l) of the other operand.
template <class T>
struct GemmOperand {
  const T* data;
  std::int64_t lines, depth;
  std::int64_t line_step, depth_step;  // one of the two is 1
  std::int64_t batch_steps[2];

  /// Element (line, l); zero outside the matrix.
  __device__ float at(std::int64_t line, std::int64_t l) const { return widen(stored_at(line, l)); }
  __device__ T stored_at(std::int64_t line, std::int64_t l) const {
    return line < lines && l < depth ? data[line * line_step + l * depth_step] : T{};
  }
  /// 16 bytes of neighbouring elements along the dense axis, in their storage type: one access if `vectors` and all of them
  /// exist.
  __device__ Vec<T, kVectorWidth<T>> piece(std::int64_t line, std::int64_t l, bool vectors) const {
    constexpr int kWidth = kVectorWidth<T>;
    const bool along_depth = depth_step == 1;
    const bool whole =
        along_depth ? line < lines && l + kWidth <= depth : l < depth && line + kWidth <= lines;
    if (vectors && whole) return load_vec<kWidth>(data + line * line_step + l * depth_step);
    Vec<T, kWidth> v;
    for (int i = 0; i < kWidth; ++i) v[i] = along_depth ? stored_at(line, l + i) : stored_at(line + i, l);
    return v;
  }
  /// True when pieces whose index along the dense axis is a multiple of their width lie at multiples of 16 bytes.
  __device__ bool pieces_are_aligned() const {
    return reinterpret_cast<std::uintptr_t>(data) % 16 == 0 &&
           (depth_step == 1 ? line_step : depth_step) % kVectorWidth<T> == 0;
  }
  __device__ GemmOperand of(const GemmIndex& index) const {
    GemmOperand one = *this;
    one.data += index.offset(batch_steps);
    return one;
  }
};

/// Epilogue that stores the sums.
template <class T>
struct GemmStore {
  using Stored = T;

  StoreEpilogue<T> store;
  std::int64_t batch_steps[2];

  __device__ StoreEpilogue<T> of(const GemmIndex& index) const {
    return {store.c + index.offset(batch_steps), store.columns, store.add};
  }
};

/// Epilogue that applies scale, bias, function and residual.
template <class T>
struct GemmFinish {
  using Stored = T;

  StoreEpilogue<T> store;
  std::int64_t batch_steps[2];
  const T* bias;      // or null
  const T* residual;  // or null
  std::int64_t residual_row, residual_batch[2];
  float alpha;
  bool activates;
  Unary activation;
  float activation_alpha;

  __device__ GemmFinish of(const GemmIndex& index) const {
    GemmFinish one = *this;
    one.store.c += index.offset(batch_steps);
    if (residual != nullptr) one.residual += index.offset(residual_batch);
    return one;
  }
  __device__ void operator()(std::int64_t row, std::int64_t column, float sum) const {
    float value = alpha * sum;
    if (bias != nullptr) value += widen(bias[column]);
    if (activates) value = value_of(activation, activation_alpha, value);
    if (residual != nullptr) value += widen(residual[row * residual_row + column]);
    store(row, column, value);
  }
};

template <class Result>
struct GemmParams {
  GemmOperand<typename Result::Stored> a;  // lines: rows of C
  GemmOperand<typename Result::Stored> b;  // lines: columns of C
  GemmBlocks blocks;
  Result c;  // GemmStore or GemmFinish
};

template <class T>
GemmOperand<T> gemm_operand_a(const GemmProblem& p, const Gemm::Args& args) {
  const MatrixSteps& s = p.a_steps;
  return {args.a.data<T>(), p.m, p.k, s.row, s.column, {s.batch[0], s.batch[1]}};
}
template <class T>
GemmOperand<T> gemm_operand_b(const GemmProblem& p, const Gemm::Args& args) {
  const MatrixSteps& s = p.b_steps;
  return {args.b.data<T>(), p.n, p.k, s.column, s.row, {s.batch[0], s.batch[1]}};
}

inline GemmBlocks gemm_blocks(const GemmProblem& p, int rows, int columns) {
  return {blocks_for(p.n, columns), blocks_for(p.m, rows), static_cast<unsigned>(p.batches[1])};
}
inline Dim gemm_grid(const GemmProblem& p, int rows, int columns) {
  const GemmBlocks blocks = gemm_blocks(p, rows, columns);
  return {blocks.across * blocks.down * static_cast<unsigned>(p.batch())};
}

/// `why_not` of kernels whose blocks own tiles of C.
inline const char* why_not_gemm_tiles(const GemmProblem& p, const Context&, int rows, int columns) {
  const double tiles = static_cast<double>((p.n + columns - 1) / columns) *
                       static_cast<double>((p.m + rows - 1) / rows) * static_cast<double>(p.batch());
  if (tiles > std::numeric_limits<std::int32_t>::max()) return "more tiles than a grid has blocks";
  return p.dtype == DType::f32 || p.dtype == DType::bf16 ? nullptr : "requires f32 or bf16";
}

/// Calls `run(result)` with the epilogue of the sums; `Result::Stored` is the type of all matrices.
template <class Run>
void with_gemm_result(const GemmProblem& p, const Gemm::Args& args, const Run& run) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    const StoreEpilogue<T> store = {args.c.data<T>(), p.c_steps.row, args.c.adds()};
    const auto& c = p.c_steps.batch;
    if (p.is_plain()) return run(GemmStore<T>{store, {c[0], c[1]}});
    const auto& residual = p.residual_steps.batch;
    run(GemmFinish<T>{.store = store,
                      .batch_steps = {c[0], c[1]},
                      .bias = p.has_bias ? args.bias.data<T>() : nullptr,
                      .residual = p.has_residual ? args.residual.data<T>() : nullptr,
                      .residual_row = p.residual_steps.row,
                      .residual_batch = {residual[0], residual[1]},
                      .alpha = static_cast<float>(p.options.alpha),
                      .activates = p.options.activation.has_value(),
                      .activation = p.options.activation.value_or(Unary::relu),
                      .activation_alpha = static_cast<float>(p.options.activation_alpha)});
  });
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
