#include "kernels/copy/copy.h"

#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/core/zero.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<Copy> copy_reference, copy_rows;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Copy> copy_naive, copy_vectorized, copy_tiles;)

namespace {

// clang-format off
constexpr const KernelVariant<Copy>* kCopy[] = {
    &cpu::copy_reference,
    &cpu::copy_rows,
    SONOGRAD_ON_CUDA(copy_naive),
    SONOGRAD_ON_CUDA(copy_vectorized),
    SONOGRAD_ON_CUDA(copy_tiles),
};
// clang-format on

}  // namespace

CopyProblem CopyProblem::make(const View& x, const View& y) {
  if (x.shape != y.shape) throw ShapeError(concat("[copy] y: expected ", x.shape, " as x, got ", y.shape));
  const auto converts = [](DType dtype) { return dtype == DType::f32 || dtype == DType::bf16; };
  if (x.dtype != y.dtype && !(converts(x.dtype) && converts(y.dtype))) {
    throw DTypeError(concat("[copy] x and y: expected one type, or f32 and bf16, got ", name_of(x.dtype),
                            " and ", name_of(y.dtype)));
  }
  CopyProblem p;
  p.dtype = x.dtype, p.y_dtype = y.dtype;
  for (int axis = 0; axis < x.shape.rank(); ++axis) {
    const std::int64_t extent = x.shape[axis];
    if (extent == 1) continue;
    const auto last = static_cast<std::size_t>(p.shape.rank()) - 1;
    if (p.shape.rank() > 0 && p.from[last] == extent * x.stride(axis) &&
        p.to[last] == extent * y.stride(axis)) {
      p.shape = p.shape.with(-1, p.shape[-1] * extent);
    } else {
      p.shape.push_back(extent);
    }
    p.from[static_cast<std::size_t>(p.shape.rank()) - 1] = x.stride(axis);
    p.to[static_cast<std::size_t>(p.shape.rank()) - 1] = y.stride(axis);
  }
  if (p.shape.rank() == 0) p.shape = {1};
  return p;
}

std::string CopyProblem::summary() const {
  std::string text = concat(shape, ' ', name_of(dtype));
  if (y_dtype != dtype) text += concat(" to ", name_of(y_dtype));
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(shape.rank()); ++axis) {
    text += concat(' ', from[axis], "->", to[axis]);
  }
  return text;
}

void copy(const View& x, const Out& y) {
  run<Copy>(kCopy, CopyProblem::make(x, y.view), {x, y});
}

void place_slice(const View& x, int axis, std::int64_t start, const Out& y) {
  const View part = y.view.slice(axis, start, x.shape[axis]);
  if (part.numel() != y.view.numel()) write_zero(y);
  copy(x, {part, y.mode});
}

TableList copy_tables() {
  return {describe<Copy>(kCopy)};
}

}  // namespace sonograd::kernels
