#include "train/run/json_entry.h"

#include "tensor/io/json.h"

namespace sonograd::train {

nlohmann::json or_null(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

void set_entry(std::string& object, std::string_view key, const nlohmann::json& value) {
  nlohmann::json entries = io::parse_json(object);
  entries[std::string(key)] = value;
  object = entries.dump();
}

}  // namespace sonograd::train
