// Values of JSON objects.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace sonograd::train {

/// The number, or null without one.
nlohmann::json or_null(const std::optional<double>& value);

/// Sets or replaces `key` in the object whose text is `object`.
void set_entry(std::string& object, std::string_view key, const nlohmann::json& value);

}  // namespace sonograd::train
