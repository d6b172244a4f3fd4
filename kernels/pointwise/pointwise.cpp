#include "kernels/pointwise/pointwise.h"

#include <algorithm>

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

Shape broadcast(std::string_view op, const Shape& a, const Shape& b) {
  Shape y;
  for (int axis = -std::max(a.rank(), b.rank()); axis < 0; ++axis) {
    const std::int64_t u = axis < -a.rank() ? 1 : a[axis], v = axis < -b.rank() ? 1 : b[axis];
    if (u != v && u != 1 && v != 1) {
      throw ShapeError(
          concat("[", op, "] a, b: expected equal extents, or 1, in axis ", axis, ", got ", a, " and ", b));
    }
    y.push_back(u == 1 ? v : u);
  }
  return y;
}

BinaryProblem BinaryProblem::make(Binary function, const Shape& a, const Shape& b, DType dtype) {
  BinaryProblem p = {.function = function, .a = a, .b = b, .dtype = dtype};
  p.y = broadcast(name_of(function), a, b);
  const Strides a_strides = dense_strides(a), b_strides = dense_strides(b);
  const auto step = [&](const Shape& shape, const Strides& strides, int axis) {
    const int own = axis - p.y.rank() + shape.rank();
    return own < 0 || shape[own] == 1 ? 0 : strides[static_cast<std::size_t>(own)];
  };
  for (int axis = 0; axis < p.y.rank(); ++axis) {
    const std::int64_t extent = p.y[axis], in_a = step(a, a_strides, axis), in_b = step(b, b_strides, axis);
    if (extent == 1) continue;
    const auto last = static_cast<std::size_t>(p.extents.rank()) - 1;
    if (p.extents.rank() > 0 && p.a_steps[last] == extent * in_a && p.b_steps[last] == extent * in_b) {
      p.extents = p.extents.with(-1, p.extents[-1] * extent);
    } else {
      p.extents.push_back(extent);
    }
    p.a_steps[static_cast<std::size_t>(p.extents.rank()) - 1] = in_a;
    p.b_steps[static_cast<std::size_t>(p.extents.rank()) - 1] = in_b;
  }
  if (p.extents.rank() == 0) p.extents = {1};
  return p;
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
  check_dense("binary_forward", "y", y.view, p.y, p.dtype);
  run<BinaryForward>(kBinaryForward, p, {a, b, y});
}

TableList pointwise_tables() {
  return {describe<UnaryForward>(kUnaryForward), describe<UnaryBackward>(kUnaryBackward),
          describe<BinaryForward>(kBinaryForward)};
}

}  // namespace sonograd::kernels
