// One entry of a JSON object that is kept as text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace sonograd::train {

/// Sets or replaces `key` in the object whose text is `object`.
void set_entry(std::string& object, std::string_view key, const nlohmann::json& value);

}  // namespace sonograd::train
