// A back end by its name, and the options of all of them.
#pragma once

#include "models/backs/back_kind.h"

namespace sonograd::models {

/// The kinds of models/backs, sorted by name.
const std::vector<BackKind>& all_backs();

/// The back end that `model.back` names, vgg at first. Options that several back ends have are listed once.
class BackChoice {
 public:
  BackChoice();

  /// `back`, and the options of all back ends.
  void list(OptionList& all) { choice_.list(all); }
  /// Registers the back end for such maps as a part of `parent`. Throws as the back end does, and ConfigError for an option of
  /// another one that is not at its default.
  std::unique_ptr<const Back> make(layers::Module& parent, std::string_view name, const MapExtents& map,
                                   std::int64_t labels) const;
  /// Sets kind and sizes from the tensors of the part `name`, and returns the number of labels. Throws ModelError for those of
  /// no back end.
  std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name);
  /// Options that these tensors leave open.
  const std::vector<OpenOption>& open_options() const { return open_; }

 private:
  PartChoice choice_;
  std::vector<OpenOption> open_;
};

}  // namespace sonograd::models
