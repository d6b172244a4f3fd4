#include "app/commands/flat_json.h"

#include <nlohmann/json.hpp>

#include "tensor/support/error.h"

namespace sonograd::app {

using nlohmann::ordered_json;

void add_flat(ordered_json& entries, const std::string& path, const ordered_json& value) {
  if (!value.is_object()) {
    entries[path] = value;
    return;
  }
  for (const auto& [key, inner] : value.items()) add_flat(entries, path + '.' + key, inner);
}

std::string value_text(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const ordered_json& each : value) text += concat(text.empty() ? "" : ", ", value_text(each));
  return text;
}

}  // namespace sonograd::app
