// Differentiable changes of shape, order and storage type; only `reshape` shares memory with its input.
#pragma once

#include <vector>

#include "autograd/variable.h"

namespace sonograd {

/// The same elements under other extents. Throws ShapeError unless their number agrees.
Variable reshape(const Variable& x, const Shape& shape);
/// Axis i of the result is axis order[i] of x.
Variable permute(const Variable& x, const std::vector<int>& order);
/// `length` positions of `axis` from `start` on.
Variable slice(const Variable& x, int axis, std::int64_t start, std::int64_t length);
/// The parts behind one another along `axis`. Throws ShapeError when there are none or their other extents differ.
Variable concat(const std::vector<Variable>& parts, int axis);
/// The same values stored in another type, f32 or bf16 (rounded to nearest); the gradient has the type of x. Returns x when
/// it has that type already.
Variable convert(const Variable& x, DType dtype);

}  // namespace sonograd
