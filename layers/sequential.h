// Layers behind one another.
#pragma once

#include <memory>
#include <vector>

#include "layers/layer.h"
#include "layers/part.h"

namespace sonograd::layers {

/// Owns layers and passes the output of each to the next; an empty one is the identity. Also a list of equal blocks:
/// `for (i...) blocks_.emplace<ResidualBlock>(std::to_string(i), ...)`, under the names of published files.
class Sequential : public Layer {
 public:
  /// Makes an `L` at the end, from `args`. Throws Error for a name that is empty or taken.
  template <class L, class... Args>
  L& emplace(std::string_view name, Args&&... args) {
    auto layer = std::make_unique<Part<L>>(*this, name, std::forward<Args>(args)...);
    L& made = *layer;
    layers_.push_back(std::move(layer));
    return made;
  }

  std::size_t size() const { return layers_.size(); }
  /// The layer in place `i` < size().
  const Layer& operator[](std::size_t i) const { return *layers_[i]; }

  Variable forward(const Variable& x) const override;

 private:
  std::vector<std::unique_ptr<Layer>> layers_;
};

}  // namespace sonograd::layers
