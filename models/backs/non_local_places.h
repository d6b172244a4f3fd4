// Non-local blocks behind the layers of a network, by its options.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "layers/non_local.h"
#include "models/core/option_list.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Options of a network that may have non-local blocks behind its layers, which are counted from 1.
struct NonLocalPlaces {
  std::int64_t last_layer;                        ///< the last one that a block may be behind; no option
  std::optional<layers::Affinity> affinity = {};  ///< unset: no blocks
  std::int64_t first = 2;
  std::int64_t step = 2;
  std::int64_t count = 1;
  bool subsampled = true;

  void list(OptionList& all);
  /// Sets places and affinity from published weights: blocks layerI.non_local. Throws ModelError for blocks at distances that are not
  /// equal. Tensors do not show dot_product, for which embedded_gaussian is assumed, nor `subsampled`: see `open_options`.
  void read_places(const io::NamedTensors& weights);
  /// The same for other names: `name` gives the part of the block behind a layer.
  void read_places(const io::NamedTensors& weights,
                   const std::function<std::string(std::int64_t layer)>& name);
  /// Options that weights with such blocks leave open.
  std::vector<OpenOption> open_options() const;
  /// Options of the block behind `layer`; nothing where there is none. Throws ConfigError when the first one is behind a layer
  /// that the network lacks.
  std::optional<layers::NonLocalOptions> behind(std::int64_t layer) const;
};

/// A non-local block of `parent`, if there are options for one, else the identity without a part.
class NonLocalPart {
 public:
  NonLocalPart(layers::Module& parent, std::string_view name, std::int64_t channels,
               const std::optional<layers::NonLocalOptions>& options) {
    if (options) block_.emplace(parent, name, channels, *options);
  }
  Variable forward(const Variable& x) const { return block_ ? block_->forward(x) : x; }

 private:
  std::optional<layers::Part<layers::NonLocal>> block_;
};

/// A `Block`, a layer made from channels in, channels out and further arguments, and a non-local block behind it, part `non_local`,
/// if there are options for one.
template <class Block>
class WithNonLocal : public Block {
 public:
  template <class... Args>
  WithNonLocal(const std::optional<layers::NonLocalOptions>& options, std::int64_t in_channels,
               std::int64_t out_channels, Args&&... args)
      : Block(in_channels, out_channels, std::forward<Args>(args)...),
        non_local_(*this, "non_local", out_channels, options) {}

  Variable forward(const Variable& x) const override { return non_local_.forward(Block::forward(x)); }

 private:
  NonLocalPart non_local_;
};

}  // namespace sonograd::models
