// Numbers in text.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace sonograd {

/// The whole of `text` as a number, with a decimal point in every locale; nothing for other text, and for numbers that `Number`
/// cannot hold.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || parsed != end) return std::nullopt;
  return value;
}

}  // namespace sonograd
