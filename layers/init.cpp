#include "layers/init.h"

#include <cmath>

#include "layers/random_scope.h"

namespace sonograd::layers {
namespace {
thread_local bool uninitialized = false;
}

UninitializedScope::UninitializedScope() : previous_(uninitialized) {
  uninitialized = true;
}
UninitializedScope::~UninitializedScope() {
  uninitialized = previous_;
}

Tensor uniform(const Shape& shape, std::int64_t fan_in) {
  Random random(RandomScope::next(RandomStream::init));
  const float bound = 1.0f / std::sqrt(static_cast<float>(fan_in));
  const Tensor values = Tensor::empty(shape);
  if (uninitialized) return values;
  for (float& value : values.span<float>()) value = random.uniform(-bound, bound);
  return values;
}

Tensor uniform_bias(Bias bias, std::int64_t count, std::int64_t fan_in) {
  return bias == Bias::learned ? uniform({count}, fan_in) : Tensor();
}

}  // namespace sonograd::layers
