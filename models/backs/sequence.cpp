#include "models/backs/sequence.h"

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"

namespace sonograd::models {

Variable largest_band(const Variable& map) {
  const Shape& shape = map.shape();
  if (shape[2] == 1) return reshape(map, {shape[0], shape[1], shape[3]});
  return max(map, {2});
}

Variable merged_bands(const Variable& map) {
  const Shape& shape = map.shape();
  return reshape(map, {shape[0], shape[1], shape[2] * shape[3]});
}

Variable last_step(const Variable& x) {
  return reshape(slice(x, 1, x.shape()[1] - 1, 1), {x.shape()[0], x.shape()[2]});
}

Variable log_mean_of_probabilities(const Variable& step_logits) {
  const Shape shape = step_logits.shape();
  const Variable x = log_softmax(step_logits);
  // The largest step of each label, a constant: it cancels out of the result, and leaves at least 1 / T to the logarithm.
  const Variable largest = max(Variable(x.data()), {1}, true);
  const Variable y = add(log(mean(exp(sub(x, largest)), {1}, true)), largest);
  return reshape(y, {shape[0], shape[2]});
}

}  // namespace sonograd::models
