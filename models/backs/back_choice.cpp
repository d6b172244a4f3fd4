#include "models/backs/back_choice.h"

namespace sonograd::models {

/// Kinds of models/backs; the function is generated from the folder listing.
std::vector<BackKind> all_back_kinds();

namespace {

const PartKinds& back_parts() {
  static const PartKinds parts("back", "back end", addresses_of(all_backs()), "vgg");
  return parts;
}

}  // namespace

const std::vector<BackKind>& all_backs() {
  static const std::vector<BackKind> kinds = all_back_kinds();
  return kinds;
}

BackChoice::BackChoice() : choice_(back_parts()) {}

std::unique_ptr<const Back> BackChoice::make(layers::Module& parent, std::string_view name,
                                             const MapExtents& map, std::int64_t labels) const {
  return all_backs()[choice_.index()].make(choice_.own_values(), parent, name, map, labels);
}

std::int64_t BackChoice::read_sizes(const io::NamedTensors& weights, std::string_view name) {
  choice_.recognise(weights, name);
  const BackSizes sizes = all_backs()[choice_.index()].sizes(weights, name);
  choice_.set(sizes.options);
  open_ = sizes.open;
  return sizes.labels;
}

}  // namespace sonograd::models
