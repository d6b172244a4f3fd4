// Helpers for commands that print JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

namespace sonograd::app {

/// Values that are undefined, as the AUC of a tag with one class, are null.
inline nlohmann::ordered_json value_or_null(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace sonograd::app
