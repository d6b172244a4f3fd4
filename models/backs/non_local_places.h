// Non-local blocks behind the layers of a network, by its options.
#pragma once

#include <optional>
#include <utility>

#include "layers/non_local.h"
#include "models/core/option_list.h"

namespace sonograd::models {

/// Options of a network that may have non-local blocks behind its layers, which are counted from 1.
struct NonLocalPlaces {
  std::optional<layers::Affinity> affinity;  ///< unset: no blocks
  std::int64_t first = 2;
  std::int64_t step = 2;
  std::int64_t count = 1;
  bool subsampled = true;

  void list(OptionList& all);
  /// Options of the block behind `layer`; nothing where there is none.
  std::optional<layers::NonLocalOptions> behind(std::int64_t layer) const;
};

/// A `Block`, a layer made from channels in, channels out and further arguments, and a non-local block behind it, part `non_local`,
/// if there are options for one.
template <class Block>
class WithNonLocal : public Block {
 public:
  template <class... Args>
  WithNonLocal(const std::optional<layers::NonLocalOptions>& options, std::int64_t in_channels,
               std::int64_t out_channels, Args&&... args)
      : Block(in_channels, out_channels, std::forward<Args>(args)...) {
    if (options) non_local_.emplace(*this, "non_local", out_channels, *options);
  }

  Variable forward(const Variable& x) const override {
    const Variable y = Block::forward(x);
    return non_local_ ? non_local_->forward(y) : y;
  }

 private:
  std::optional<layers::Part<layers::NonLocal>> non_local_;
};

}  // namespace sonograd::models
