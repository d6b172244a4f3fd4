#include "app/options/number_range.h"

#include <CLI/CLI.hpp>
#include <string>
#include <type_traits>

#include "tensor/support/error.h"
#include "tensor/support/number.h"

namespace sonograd::app {
namespace {

template <class T>
CLI::Validator range_of(T low, T high, T unlimited, const char* kind) {
  const std::string range = high == unlimited ? concat("from ", low) : concat(low, " to ", high);
  const auto check = [low, high, text = concat("expected ", kind, ' ', range)](const std::string& given) {
    const std::optional<T> value = parse_number<T>(given);
    if (value && *value >= low && *value <= high) return std::string();
    const bool has_comma = std::is_floating_point_v<T> && given.find(',') != std::string::npos;
    const char* const hint = has_comma ? "; the decimal sign is a point" : "";
    return concat(text, ", got '", given, '\'', hint);
  };
  return {check, range, ""};
}

}  // namespace

CLI::Validator number_from(double low, double high) {
  return range_of(low, high, std::numeric_limits<double>::infinity(), "a number");
}

CLI::Validator whole_number_from(std::int64_t low, std::int64_t high) {
  return range_of(low, high, std::numeric_limits<std::int64_t>::max(), "a whole number");
}

CLI::Validator number_from(const NumberRange& range) {
  return number_from(range.min, range.max);
}

CLI::Validator whole_number_from(const NumberRange& range) {
  return whole_number_from(static_cast<std::int64_t>(range.min), static_cast<std::int64_t>(range.max));
}

}  // namespace sonograd::app
