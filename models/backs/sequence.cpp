#include "models/backs/sequence.h"

#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"

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

}  // namespace sonograd::models
