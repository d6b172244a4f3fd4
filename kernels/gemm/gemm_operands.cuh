// What the gemm kernels share: the operands as strided matrices, whether transposed or not.
#pragma once

#include "kernels/gemm/gemm.h"
#include "kernels/simt/epilogue.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// One of a batch of matrices whose lines are the rows of op(A) or the columns of op(B): element (line, l) meets element
/// (other line, l) of the other operand.
struct GemmOperand {
  const float* data;
  std::int64_t lines, depth;
  std::int64_t line_step, depth_step;  // one of them is 1

  /// Zero outside the matrix.
  __device__ float at(std::int64_t line, std::int64_t l) const {
    return line < lines && l < depth ? data[line * line_step + l * depth_step] : 0.0f;
  }
  __device__ GemmOperand of_batch(std::int64_t index) const {
    GemmOperand one = *this;
    one.data += index * lines * depth;
    return one;
  }
};

struct GemmParams {
  GemmOperand a;  // lines: rows of C
  GemmOperand b;  // lines: columns of C
  float* c;       // [batch, m, n]
  bool add;

  __device__ StoreEpilogue epilogue(std::int64_t batch) const {
    return {c + batch * a.lines * b.lines, b.lines, add};
  }
};

inline GemmParams gemm_params(const GemmProblem& p, const Gemm::Args& args) {
  const auto operand = [&](const View& view, std::int64_t lines, bool depth_first) -> GemmOperand {
    const std::int64_t line_step = depth_first ? 1 : p.k, depth_step = depth_first ? lines : 1;
    return {view.data<float>(), lines, p.k, line_step, depth_step};
  };
  return {operand(args.a, p.m, p.options.transpose_a), operand(args.b, p.n, !p.options.transpose_b),
          args.c.data<float>(), args.c.adds()};
}

/// Blocks of `rows` by `columns` of C.
inline Dim gemm_blocks(const GemmProblem& p, int rows, int columns) {
  return {blocks_for(p.n, columns), blocks_for(p.m, rows), static_cast<unsigned>(p.batch)};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
