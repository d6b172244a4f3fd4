#include "models/backs/non_local_places.h"

#include "models/core/model_error.h"
#include "tensor/support/error.h"

namespace sonograd::models {

void NonLocalPlaces::list(OptionList& all) {
  using layers::Affinity;
  const auto without_blocks = [this] { return affinity ? "" : "model.non_local = none"; };
  all.add("non_local", affinity,
          {{"none", std::nullopt},
           {"gaussian", Affinity::gaussian},
           {"embedded_gaussian", Affinity::embedded_gaussian},
           {"dot_product", Affinity::dot_product},
           {"concatenation", Affinity::concatenation}},
          "non-local blocks behind layers (Wang et al. 2018), by their affinity");
  all.add("non_local_first", first, {1, 64}, "layer that the first non-local block is behind");
  all.idle_when(without_blocks);
  all.add("non_local_step", step, {1, 64}, "distance of non-local blocks in layers");
  all.idle_when([this] {
    return !affinity ? "model.non_local = none" : count == 1 ? "model.non_local_count = 1" : "";
  });
  all.add("non_local_count", count, {1, 64}, "most non-local blocks");
  all.idle_when(without_blocks);
  all.add("non_local_subsampled", subsampled,
          "keys and values of non-local blocks pooled over 2 positions of every axis");
  all.idle_when(without_blocks);
}

void NonLocalPlaces::read_places(const io::NamedTensors& weights) {
  read_places(weights, [](std::int64_t layer) { return concat("layer", layer, ".non_local"); });
}

void NonLocalPlaces::read_places(const io::NamedTensors& weights,
                                 const std::function<std::string(std::int64_t layer)>& name) {
  std::vector<std::int64_t> places;
  for (std::int64_t layer = 1; layer <= last_layer; ++layer) {
    if (weights.contains(concat(name(layer), ".g.weight"))) places.push_back(layer);
  }
  if (places.empty()) return;
  first = places.front();
  count = std::ssize(places);
  if (places.size() > 1) step = places[1] - places[0];
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (places[i] - places[i - 1] == step) continue;
    throw ModelError(concat("non-local blocks behind the layers ", places[i - 1] - step, ", ", places[i - 1],
                            " and ", places[i], ": expected equal distances"));
  }
  const std::string block = name(first);
  affinity = weights.contains(concat(block, ".affinity"))       ? layers::Affinity::concatenation
             : weights.contains(concat(block, ".theta.weight")) ? layers::Affinity::embedded_gaussian
                                                                : layers::Affinity::gaussian;
}

std::vector<OpenOption> NonLocalPlaces::open_options() const {
  if (!affinity) return {};
  std::vector<OpenOption> open;
  if (affinity == layers::Affinity::embedded_gaussian || affinity == layers::Affinity::dot_product)
    open.push_back({.key = "non_local", .values = "embedded_gaussian|dot_product"});
  open.push_back({.key = "non_local_subsampled", .values = "true|false"});
  return open;
}

std::optional<layers::NonLocalOptions> NonLocalPlaces::behind(std::int64_t layer) const {
  if (affinity && first > last_layer) {
    throw ConfigError(concat("model.non_local_first = ", first, ": expected 1 to ", last_layer,
                             ", the layers that a block may be behind"));
  }
  const std::int64_t distance = layer - first;
  if (!affinity || distance < 0 || distance % step != 0 || distance / step >= count) return std::nullopt;
  return layers::NonLocalOptions{.affinity = *affinity, .subsampled = subsampled};
}

}  // namespace sonograd::models
