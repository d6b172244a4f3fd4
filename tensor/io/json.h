// JSON text from files: its depth is checked before it is parsed, its numbers before they are used.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <type_traits>

#include "tensor/support/error.h"
#include "tensor/support/nesting.h"
#include "tensor/support/range.h"

namespace sonograd::io {

/// Throws FormatError for text that is not JSON or nests deeper than kMaxNesting.
template <class Json = nlohmann::json>
Json parse_json(std::string_view text) {
  check_json_nesting(text);
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    const std::string_view reason = error.what();  // [json.exception.parse_error.101] parse error at …
    throw FormatError(concat("not JSON: ", reason.substr(reason.find("] ") + 2)));
  }
}

/// `value`, which is called `key`. Throws FormatError, naming key and range, when it is something else than a number or
/// outside `range`; for a whole `Number` also when it has a fraction.
template <class Number, class Json>
Number checked_number(const Json& value, const char* key, const NumberRange& range) {
  const bool fits = std::is_integral_v<Number> ? value.is_number_integer() : value.is_number();
  if (!fits || !range.contains(value.template get<double>())) {
    throw FormatError(concat(key, " = ", value.dump(), ": expected ",
                             std::is_integral_v<Number> ? "a whole number, " : "a number, ", range));
  }
  return value.template get<Number>();
}

/// The number under `key` of an object. Throws as `checked_number`, and when there is no such key.
template <class Number, class Json>
Number number_in(const Json& object, const char* key, const NumberRange& range) {
  if (!object.is_object() || !object.contains(key)) throw FormatError(concat("there is no ", key));
  return checked_number<Number>(object.at(key), key, range);
}

/// Likewise; nothing for null and for a key that is absent.
template <class Json>
std::optional<double> optional_number_in(const Json& object, const char* key, const NumberRange& range) {
  const bool is_there = object.is_object() && object.contains(key) && !object.at(key).is_null();
  return is_there ? std::optional(number_in<double>(object, key, range)) : std::nullopt;
}

}  // namespace sonograd::io
