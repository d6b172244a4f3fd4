#include "layers/pool.h"

#include "autograd/ops/reduce.h"

namespace sonograd::layers {
namespace {

// All axes but the batch and the channels.
const std::vector<int>& positions(const Variable& x) {
  static const std::vector<int> time = {1}, time_and_frequency = {1, 2};
  if (x.shape().rank() == 3) return time;
  if (x.shape().rank() == 4) return time_and_frequency;
  throw ShapeError(concat("[global pool] x: expected [N, T, C] or [N, T, F, C], got ", x.shape()));
}

}  // namespace

Variable GlobalMaxPool::forward(const Variable& x) const {
  return max(x, positions(x));
}

Variable GlobalAvgPool::forward(const Variable& x) const {
  return mean(x, positions(x));
}

}  // namespace sonograd::layers
