// Nested JSON as a list of entries.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sonograd::app {

/// Adds the values of nested objects to `entries` under their path with dots; a list is one value.
void add_flat(nlohmann::ordered_json& entries, const std::string& path, const nlohmann::ordered_json& value);

/// A string itself, the values of a list with commas between them, other values as JSON.
std::string value_text(const nlohmann::ordered_json& value);

}  // namespace sonograd::app
