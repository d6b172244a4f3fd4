// The named outputs of a network, and the outputs that one forward pass computes.
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "autograd/variable.h"

namespace sonograd::models {

/// The output that every network has: one number per label.
inline constexpr std::string_view kLogits = "logits";
/// The vector before the output layer, without dropout, where a network has one: an embedding of the chunk.
inline constexpr std::string_view kPenultimate = "penultimate";
/// Logits of every step, [steps, labels], where a network has them: the chunk in equal parts, in order of time.
inline constexpr std::string_view kStepLogits = "step_logits";

/// Description of an output.
struct OutputInfo {
  std::string name;
  Shape shape;  ///< without the batch axis
  std::string help;
};

/// Requested outputs of one forward pass. It allocates nothing. Names must outlive it.
class Outputs {
 public:
  static constexpr std::size_t kMost = 8;

  /// Throws ConfigError for more than `kMost` names.
  explicit Outputs(std::span<const std::string_view> names);
  explicit Outputs(std::initializer_list<std::string_view> names = {kLogits})
      : Outputs(std::span(names.begin(), names.size())) {}

  /// True when `name` is requested; a network may skip the computation of other outputs.
  bool contains(std::string_view name) const;
  /// Keeps `value` if `name` is requested.
  void set(std::string_view name, const Variable& value);
  /// Throws ConfigError when `name` was not requested, or the network has no such output.
  const Variable& operator[](std::string_view name) const;

 private:
  struct Entry {
    std::string_view name;
    Variable value;
  };
  std::array<Entry, kMost> entries_;
  std::size_t count_ = 0;
};

}  // namespace sonograd::models
