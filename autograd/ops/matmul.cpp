#include "autograd/ops/matmul.h"

#include "autograd/tape.h"
#include "kernels/gemm/gemm.h"

namespace sonograd {

using kernels::gemm;

Variable matmul(const Variable& a, const Variable& b, const MatmulOptions& options) {
  const auto [ta, tb, alpha] = options;
  const auto p = kernels::GemmProblem::make(a.shape(), b.shape(), {ta, tb, alpha}, a.dtype());
  const Tensor c = Tensor::empty(p.c, a.dtype(), a.device());
  gemm(a.data(), b.data(), set(c), p.options);
  // d op(A) = alpha dC op(B)^T and d op(B) = alpha op(A)^T dC; the transpose of either product for a transposed operand.
  return record("matmul", {a, b}, c,
                [ta, tb, alpha, a = a.data(), b = b.data()](const Tensor& dc, Gradients dx) {
                  if (dx[0] && ta) gemm(b, dc, dx[0].take(), {tb, true, alpha});
                  if (dx[0] && !ta) gemm(dc, b, dx[0].take(), {false, !tb, alpha});
                  if (dx[1] && tb) gemm(dc, a, dx[1].take(), {true, ta, alpha});
                  if (dx[1] && !tb) gemm(a, dc, dx[1].take(), {!ta, false, alpha});
                });
}

}  // namespace sonograd
