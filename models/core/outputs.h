// The named outputs of a network, and which of them one forward pass computes.
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

#include "autograd/variable.h"

namespace sonograd::models {

/// The output that every network has: one number per label.
inline constexpr std::string_view kLogits = "logits";
/// The vector before the output layer, without dropout, where a network has one: an embedding of the chunk.
inline constexpr std::string_view kPenultimate = "penultimate";

/// An output as the network announces it.
struct OutputInfo {
  std::string name;
  Shape shape;  ///< without the batch axis
  std::string help;
};

/// Takes the outputs that are asked for from a forward pass. It allocates nothing. Names must outlive it.
class Outputs {
 public:
  static constexpr std::size_t kMost = 8;

  /// Throws ConfigError for more than `kMost` names.
  explicit Outputs(std::initializer_list<std::string_view> wanted = {kLogits});

  /// A network may leave out what nobody asks for.
  bool wants(std::string_view name) const;
  /// Keeps `value` if it is asked for.
  void set(std::string_view name, const Variable& value);
  /// Throws ConfigError when it was not asked for, or the network has no such output.
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
