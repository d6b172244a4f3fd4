// Parameters and buffers of a module, registered where they are declared.
#pragma once

#include <string_view>

#include "layers/init.h"
#include "layers/module.h"

namespace sonograd::layers {

/// A trainable tensor of `owner`, called `name` in files:
///
///   Parameter weight_{*this, "weight", uniform({out, in}, in)};
///
/// An undefined `initial` registers nothing: the layer has no such parameter, and the variable is undefined. Throws Error for
/// a name that is empty or taken.
class Parameter final : public Variable {
 public:
  Parameter(Module& owner, std::string_view name, const Tensor& initial, FileLayout layout = FileLayout::same,
            ParameterStorage storage = ParameterStorage::as_module)
      : Variable(initial.defined() ? Variable(initial, true) : Variable()) {
    if (defined())
      owner.enlist({.name = std::string(name),
                    .kind = StateKind::parameter,
                    .layout = layout,
                    .storage = storage,
                    .parameter = this});
  }
  Parameter(const Parameter&) = delete;
  Parameter& operator=(const Parameter&) = delete;
};

/// Likewise a tensor without a gradient; `kind` is any but `parameter`.
class Buffer final : public Tensor {
 public:
  Buffer(Module& owner, std::string_view name, const Tensor& initial, StateKind kind) : Tensor(initial) {
    owner.enlist({.name = std::string(name), .kind = kind, .buffer = this});
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
};

}  // namespace sonograd::layers
