#include "models/fronts/front_choice.h"

namespace sonograd::models {

/// Kinds of models/fronts; the function is generated from the folder listing.
std::vector<FrontKind> all_front_kinds();

namespace {

const PartKinds& front_parts() {
  static const PartKinds parts("front", "front end", addresses_of(all_fronts()), "log_mel");
  return parts;
}

}  // namespace

const std::vector<FrontKind>& all_fronts() {
  static const std::vector<FrontKind> kinds = all_front_kinds();
  return kinds;
}

FrontChoice::FrontChoice() : choice_(front_parts()) {}

Input FrontChoice::input() const {
  return all_fronts()[choice_.index()].input(choice_.own_values());
}

MapExtents FrontChoice::map() const {
  return all_fronts()[choice_.index()].map(choice_.own_values());
}

std::unique_ptr<const Front> FrontChoice::make(layers::Module& parent, std::string_view name) const {
  return all_fronts()[choice_.index()].make(choice_.own_values(), parent, name);
}

void FrontChoice::read_sizes(const io::NamedTensors& weights, std::string_view name) {
  choice_.recognise(weights, name);
  choice_.set(all_fronts()[choice_.index()].sizes(weights, name));
}

std::vector<std::string> FrontChoice::complete(const OptionTable&, const FrontEndSource& source,
                                               OptionValues& values) {
  const PartKinds& parts = front_parts();
  const auto word = values.find(parts.role());
  const std::string name = word == values.end() ? parts.initial() : std::get<std::string>(word->second);
  return take_given(parts.all()[parts.index_of(name)]->options, source, values);
}

}  // namespace sonograd::models
