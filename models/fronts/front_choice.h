// A front end by its name, and the options of all of them.
#pragma once

#include "models/core/front_end.h"
#include "models/fronts/front_kind.h"

namespace sonograd::models {

/// The kinds of models/fronts, sorted by name.
const std::vector<FrontKind>& all_fronts();

/// The front end that `model.front` names, log_mel at first. Options that several front ends have are listed once.
class FrontChoice {
 public:
  FrontChoice();

  /// `front`, and the options of all front ends.
  void list(OptionList& all) { choice_.list(all); }
  /// Throws ConfigError as the front end does, and for an option of another one that is not at its default.
  Input input() const;
  /// As FrontKind::map.
  MapExtents map() const;
  /// Registers the front end as a part of `parent`.
  std::unique_ptr<const Front> make(layers::Module& parent, std::string_view name) const;
  /// Sets kind and sizes from the tensors of the part `name`. Throws ModelError for those of no front end.
  void read_sizes(const io::NamedTensors& weights, std::string_view name);

  static std::vector<std::string> dialects() { return {std::string(kPublished)}; }
  /// As `take_given`, for the options of the front end that `values` name.
  static std::vector<std::string> complete(const OptionTable& options, const FrontEndSource& source,
                                           OptionValues& values);

 private:
  PartChoice choice_;
};

}  // namespace sonograd::models
