// Helpers for commands that print JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace sonograd::app {

/// Values that are undefined, as the AUC of a tag with one class, are null.
nlohmann::ordered_json value_or_null(const std::optional<double>& value);

}  // namespace sonograd::app
