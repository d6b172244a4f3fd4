#include "models/backs/padded.h"

#include "autograd/ops/copy.h"

namespace sonograd::models {

Variable padded_to_multiple(const Variable& x, int axis, std::int64_t divisor) {
  const Shape& shape = x.shape();
  const std::int64_t missing = (divisor - shape[axis] % divisor) % divisor;
  if (missing == 0) return x;
  const auto zeros = [&](std::int64_t positions) {
    return Variable(Tensor::zeros(shape.with(axis, positions), x.dtype(), x.device()));
  };
  std::vector<Variable> parts;
  if (missing / 2 > 0) parts.push_back(zeros(missing / 2));
  parts.push_back(x);
  parts.push_back(zeros(missing - missing / 2));
  return concat(parts, axis);
}

}  // namespace sonograd::models
