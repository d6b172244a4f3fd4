#include "layers/max_and_mean.h"

#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "layers/pool.h"

namespace sonograd::layers {

Variable MaxAndMean::forward(const Variable& x) const {
  const std::vector<int>& axes = positions_of(x);
  const Variable maxima = max(x, axes), means = mean(x, axes);
  if (order_ == FlattenOrder::stacked) return concat({maxima, means}, 1);
  const std::int64_t batch = maxima.shape()[0], channels = maxima.shape()[1];
  const Shape column = {batch, channels, 1};
  return reshape(concat({reshape(maxima, column), reshape(means, column)}, 2), {batch, 2 * channels});
}

}  // namespace sonograd::layers
