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

Variable uniform_parameter(const Shape& shape, std::int64_t fan_in) {
  Random random(RandomScope::next(RandomStream::init));
  const float bound = 1.0f / std::sqrt(static_cast<float>(fan_in));
  const Tensor values = Tensor::empty(shape);
  if (uninitialized) return Variable(values, true);
  for (float& value : values.span<float>()) value = random.uniform(-bound, bound);
  return Variable(values, true);
}

Variable constant_parameter(const Shape& shape, double value) {
  return Variable(Tensor::full(shape, value), true);
}

}  // namespace sonograd::layers
