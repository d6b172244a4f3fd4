#include "layers/init.h"

#include <cmath>

#include "layers/random_scope.h"

namespace sonograd::layers {
namespace {
thread_local bool uninitialized = false;
thread_local std::uint64_t values_left = 0;  // while `uninitialized`
}  // namespace

UninitializedScope::UninitializedScope(std::uint64_t most_values)
    : previous_(uninitialized), previous_values_(values_left) {
  uninitialized = true;
  values_left = most_values;
}
UninitializedScope::~UninitializedScope() {
  uninitialized = previous_;
  values_left = previous_values_;
}

namespace {

// Memory for `shape`, filled by `next(random)` unless it is only reserved.
template <class Next>
Tensor drawn(const Shape& shape, Next next) {
  Random random(RandomScope::next(RandomStream::init));
  if (uninitialized) {
    const auto count = static_cast<std::uint64_t>(shape.numel());
    if (count > values_left) {
      throw TooManyValues(concat("a parameter of ", count, " values where ", values_left,
                                 " are left for it and those after it"));
    }
    values_left -= count;
  }
  const Tensor values = Tensor::empty(shape);
  if (uninitialized) return values;
  for (float& value : values.span<float>()) value = next(random);
  return values;
}

}  // namespace

Tensor uniform(const Shape& shape, std::int64_t fan_in) {
  const float bound = 1.0f / std::sqrt(static_cast<float>(fan_in));
  return drawn(shape, [=](Random& random) { return random.uniform(-bound, bound); });
}

Tensor normal(const Shape& shape, double deviation) {
  const auto factor = static_cast<float>(deviation);
  return drawn(shape, [=](Random& random) { return factor * random.normal(); });
}

Tensor uniform_bias(Bias bias, std::int64_t count, std::int64_t fan_in) {
  return bias == Bias::learned ? uniform({count}, fan_in) : Tensor();
}

}  // namespace sonograd::layers
