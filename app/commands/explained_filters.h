// Learned filters as text, JSON and picture.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "models/explain/learned_filters.h"

namespace sonograd::app {

struct ExplainedFilters {
  std::string model, arch;
  models::LearnedFilters filters;

  /// "128 filters of 3 samples: …".
  std::string summary() const;
};

/// `with_responses` adds the values of the picture.
nlohmann::ordered_json to_json(const ExplainedFilters& explained, bool with_responses);
std::string to_svg(const ExplainedFilters& explained);

}  // namespace sonograd::app
