// Checks of arguments, which every op makes before it runs a kernel. Kernels assume checked input.
#pragma once

#include <string_view>

#include "tensor/view.h"

namespace sonograd::kernels {

/// Checks that `view` is defined and dense, with these extents and this type. Throws ShapeError or DTypeError that names
/// `op` and `name`.
inline void check_dense(std::string_view op, std::string_view name, const View& view, const Shape& shape,
                        DType dtype) {
  if (!view.defined() && shape.numel() != 0) throw ShapeError(concat("[", op, "] ", name, " is missing"));
  if (view.shape != shape) {
    throw ShapeError(concat("[", op, "] ", name, ": expected ", shape, ", got ", view.shape));
  }
  if (view.dtype != dtype) {
    throw DTypeError(
        concat("[", op, "] ", name, ": expected ", name_of(dtype), ", got ", name_of(view.dtype)));
  }
  if (!view.contiguous())
    throw ShapeError(concat("[", op, "] ", name, ": expected a dense view, ", shape, " is strided"));
}

/// Checks a number of an op's options: `holds` is true if it meets `expected`, the range in words. Throws ConfigError.
inline void check_number(std::string_view op, std::string_view name, double value, bool holds,
                         std::string_view expected) {
  if (!holds) throw ConfigError(concat("[", op, "] ", name, ": expected ", expected, ", got ", value));
}

/// Checks that `shape` can be broadcast over the leading axes of `whole`: its extents are the last ones of `whole`. Throws
/// ShapeError.
inline void check_suffix(std::string_view op, std::string_view name, const Shape& shape, const Shape& whole) {
  bool fits = shape.rank() <= whole.rank();
  for (int axis = -1; fits && axis >= -shape.rank(); --axis) fits = shape[axis] == whole[axis];
  if (!fits)
    throw ShapeError(concat("[", op, "] ", name, ": expected the last axes of ", whole, ", got ", shape));
}

}  // namespace sonograd::kernels
