#include "kernels/pointwise/pointwise.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<UnaryForward> unary_forward_reference, unary_forward_simd;
extern const KernelVariant<UnaryBackward> unary_backward_reference, unary_backward_simd;
extern const KernelVariant<BinaryForward> binary_forward_reference, binary_forward_simd;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<UnaryForward> unary_forward_vectorized;
                   extern const KernelVariant<UnaryBackward> unary_backward_vectorized;
                   extern const KernelVariant<BinaryForward> binary_forward_vectorized;)

namespace {

constexpr const KernelVariant<UnaryForward>* kUnaryForward[] = {
    &cpu::unary_forward_reference,
    &cpu::unary_forward_simd,
    SONOGRAD_ON_CUDA(unary_forward_vectorized),
};
constexpr const KernelVariant<UnaryBackward>* kUnaryBackward[] = {
    &cpu::unary_backward_reference,
    &cpu::unary_backward_simd,
    SONOGRAD_ON_CUDA(unary_backward_vectorized),
};
constexpr const KernelVariant<BinaryForward>* kBinaryForward[] = {
    &cpu::binary_forward_reference,
    &cpu::binary_forward_simd,
    SONOGRAD_ON_CUDA(binary_forward_vectorized),
};

}  // namespace

BinaryProblem BinaryProblem::make(Binary function, const Shape& a, const Shape& b, DType dtype) {
  check_suffix(function == Binary::add ? "add" : "mul", "b", b, a);
  return {function, a, b, dtype};
}

void unary_forward(const UnaryProblem& p, const View& x, const Out& y) {
  check_dense("unary_forward", "x", x, p.shape, p.dtype);
  check_dense("unary_forward", "y", y.view, p.shape, p.dtype);
  run<UnaryForward>(kUnaryForward, p, {x, y});
}

void unary_backward(const UnaryProblem& p, const View& saved, const View& dy, const Out& dx) {
  check_dense("unary_backward", "saved", saved, p.shape, p.dtype);
  check_dense("unary_backward", "dy", dy, p.shape, p.dtype);
  check_dense("unary_backward", "dx", dx.view, p.shape, p.dtype);
  run<UnaryBackward>(kUnaryBackward, p, {saved, dy, dx});
}

void binary_forward(const BinaryProblem& p, const View& a, const View& b, const Out& y) {
  check_dense("binary_forward", "a", a, p.a, p.dtype);
  check_dense("binary_forward", "b", b, p.b, p.dtype);
  check_dense("binary_forward", "y", y.view, p.a, p.dtype);
  run<BinaryForward>(kBinaryForward, p, {a, b, y});
}

TableList pointwise_tables() {
  return {describe<UnaryForward>(kUnaryForward), describe<UnaryBackward>(kUnaryBackward),
          describe<BinaryForward>(kBinaryForward)};
}

}  // namespace sonograd::kernels
