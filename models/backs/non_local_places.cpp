#include "models/backs/non_local_places.h"

namespace sonograd::models {

void NonLocalPlaces::list(OptionList& all) {
  using layers::Affinity;
  all.add("non_local", affinity,
          {{"none", std::nullopt},
           {"gaussian", Affinity::gaussian},
           {"embedded_gaussian", Affinity::embedded_gaussian},
           {"dot_product", Affinity::dot_product},
           {"concatenation", Affinity::concatenation}},
          "non-local blocks behind layers (Wang et al. 2018), by their affinity");
  all.add("non_local_first", first, {1, 64}, "layer that the first non-local block is behind");
  all.add("non_local_step", step, {1, 64}, "distance of non-local blocks in layers");
  all.add("non_local_count", count, {1, 64}, "most non-local blocks");
  all.add("non_local_subsampled", subsampled,
          "keys and values of non-local blocks pooled over 2 positions of every axis");
}

std::optional<layers::NonLocalOptions> NonLocalPlaces::behind(std::int64_t layer) const {
  const std::int64_t distance = layer - first;
  if (!affinity || distance < 0 || distance % step != 0 || distance / step >= count) return std::nullopt;
  return layers::NonLocalOptions{.affinity = *affinity, .subsampled = subsampled};
}

}  // namespace sonograd::models
