// Initial values of parameters.
#pragma once

#include <cstdint>
#include <limits>

#include "tensor/support/error.h"
#include "tensor/tensor.h"

namespace sonograd::layers {

/// Additive term of a layer. Before a norm it has no effect, but most published files contain it.
enum class Bias : std::uint8_t { learned, none };

/// U(-1/sqrt(fan_in), 1/sqrt(fan_in)), the default of the reference framework for the weight and the bias of
/// convolutions and linear layers (Kaiming-uniform with a = sqrt(5)). `fan_in` >= 1: inputs of one output. Random
/// numbers come from the ambient RandomScope.
Tensor uniform(const Shape& shape, std::int64_t fan_in);
/// Normal with mean 0 and that standard deviation, from the same source.
Tensor normal(const Shape& shape, double deviation);
/// As `uniform`, `count` values of a bias; undefined, without a draw, for Bias::none.
Tensor uniform_bias(Bias bias, std::int64_t count, std::int64_t fan_in);

/// A module has more parameters than its file can hold.
class TooManyValues : public Error {
 public:
  using Error::Error;
};

/// While it lives, `uniform` and `normal` reserve memory and do not write it: for a module whose weights are loaded next, or of which
/// only the extents are needed. Sizes that a malicious file states take no physical memory before its tensors fit.
class UninitializedScope {
 public:
  /// Allows them to reserve `most_values` in all; beyond that they throw TooManyValues, and reserve nothing.
  explicit UninitializedScope(std::uint64_t most_values = std::numeric_limits<std::uint64_t>::max());
  ~UninitializedScope();
  UninitializedScope(const UninitializedScope&) = delete;
  UninitializedScope& operator=(const UninitializedScope&) = delete;

 private:
  bool previous_;
  std::uint64_t previous_values_;
};

}  // namespace sonograd::layers
