#include "app/terminal/json.h"

#include <nlohmann/json.hpp>

namespace sonograd::app {

nlohmann::ordered_json value_or_null(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace sonograd::app
