// A module inside another one, registered where it is declared.
#pragma once

#include <string_view>
#include <utility>

#include "layers/module.h"

namespace sonograd::layers {

/// An `M` that belongs to `parent` under `name`. A member of the parent, which the declaration registers:
///
///   Part<Conv2d> conv_{*this, "conv", in, out, 3, Conv2dOptions{.padding = 1}};
///
/// with the arguments of M's constructor behind the name. Parts are made, draw their initial values and appear in files in
/// the order in which they are declared; a part that a network may lack is a `std::optional<Part<M>>`. Throws Error for a
/// name that is empty or taken.
template <class M>
class Part final : public M {
 public:
  template <class... Args>
  Part(Module& parent, std::string_view name, Args&&... args) : M(std::forward<Args>(args)...) {
    parent.adopt(*this, name);
  }
};

}  // namespace sonograd::layers
