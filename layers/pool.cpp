#include "layers/pool.h"

#include "autograd/ops/reduce.h"

namespace sonograd::layers {

const std::vector<int>& positions_of(const Variable& x) {
  static const std::vector<int> time = {1}, time_and_frequency = {1, 2};
  if (x.shape().rank() == 3) return time;
  if (x.shape().rank() == 4) return time_and_frequency;
  throw ShapeError(concat("[positions] x: expected [N, T, C] or [N, T, F, C], got ", x.shape()));
}

Variable GlobalMaxPool::forward(const Variable& x) const {
  return max(x, positions_of(x));
}

Variable GlobalAvgPool::forward(const Variable& x) const {
  return mean(x, positions_of(x));
}

}  // namespace sonograd::layers
