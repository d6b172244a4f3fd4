#include "train/run/json_entry.h"

#include "tensor/io/json.h"

namespace sonograd::train {

void set_entry(std::string& object, std::string_view key, const nlohmann::json& value) {
  nlohmann::json entries = io::parse_json(object);
  entries[std::string(key)] = value;
  object = entries.dump();
}

}  // namespace sonograd::train
