// Checks that every op makes before it runs a kernel. Kernels assume checked input.
#pragma once

#include <string_view>

#include "tensor/view.h"

namespace sonograd::kernels {

/// A defined, dense view of these extents and this type. Throws ShapeError or DTypeError that names `op` and
/// `name`.
inline void check_dense(std::string_view op, std::string_view name, const View& view, const Shape& shape,
                        DType dtype) {
  if (!view.defined() && shape.numel() != 0) throw ShapeError(concat("[", op, "] ", name, " is missing"));
  if (view.shape != shape) {
    throw ShapeError(concat("[", op, "] ", name, " wants ", shape, ", got ", view.shape));
  }
  if (view.dtype != dtype) {
    throw DTypeError(concat("[", op, "] ", name, " wants ", name_of(dtype), ", got ", name_of(view.dtype)));
  }
  if (!view.contiguous())
    throw ShapeError(concat("[", op, "] ", name, " must be dense, ", shape, " is strided"));
}

/// A number of an op's options: `holds` says whether it is what `wanted` describes. Throws ConfigError.
inline void check_number(std::string_view op, std::string_view name, double value, bool holds,
                         std::string_view wanted) {
  if (!holds) throw ConfigError(concat("[", op, "] ", name, " wants ", wanted, ", got ", value));
}

/// `shape` is broadcast over the leading axes of `whole`: its extents must be the last ones of `whole`.
inline void check_suffix(std::string_view op, std::string_view name, const Shape& shape, const Shape& whole) {
  bool fits = shape.rank() <= whole.rank();
  for (int axis = -1; fits && axis >= -shape.rank(); --axis) fits = shape[axis] == whole[axis];
  if (!fits) throw ShapeError(concat("[", op, "] ", name, " ", shape, " is not the end of ", whole));
}

}  // namespace sonograd::kernels
