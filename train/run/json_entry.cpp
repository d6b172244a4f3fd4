#include "train/run/json_entry.h"

#include <nlohmann/json.hpp>

namespace sonograd::train {

void set_entry(std::string& object, std::string_view key, const nlohmann::json& value) {
  nlohmann::json entries = nlohmann::json::parse(object);
  entries[std::string(key)] = value;
  object = entries.dump();
}

}  // namespace sonograd::train
