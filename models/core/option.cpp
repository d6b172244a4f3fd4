#include "models/core/option.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "tensor/support/error.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"

namespace sonograd::models {
namespace {

template <class Number>
std::string shortest(Number value) {
  char digits[32];
  return {digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr};
}

bool is_number(const OptionValue& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

double number_in(const OptionValue& value) {
  const auto* const whole = std::get_if<std::int64_t>(&value);
  return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value);
}

}  // namespace

std::string to_text(const OptionValue& value) {
  if (const auto* const on = std::get_if<bool>(&value)) return *on ? "true" : "false";
  if (const auto* const whole = std::get_if<std::int64_t>(&value)) return shortest(*whole);
  if (const auto* const real = std::get_if<double>(&value)) return shortest(*real);
  return std::get<std::string>(value);
}

OptionValue parse_option_value(std::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  if (const auto whole = parse_number<std::int64_t>(text)) return *whole;
  if (const auto real = parse_number<double>(text); real && std::isfinite(*real)) return *real;
  return std::string(text);
}

std::string_view name_of(OptionSection section) {
  return section == OptionSection::front_end ? "front_end" : "model";
}

std::string path_of(OptionSection section, std::string_view key) {
  return concat(name_of(section), '.', key);
}

std::optional<OptionPath> parse_option_path(std::string_view text) {
  for (const OptionSection section : kOptionSections) {
    const std::string prefix = path_of(section, "");
    if (text.starts_with(prefix) && text.size() > prefix.size())
      return OptionPath{section, text.substr(prefix.size())};
  }
  return std::nullopt;
}

std::string Option::path() const {
  return path_of(section, key);
}

std::string Option::range() const {
  if (std::holds_alternative<bool>(default_value)) return "true|false";
  if (is_number(default_value)) return concat(shortest(limits.min), " to ", shortest(limits.max));
  std::string all;
  for (const std::string& word : words) all += concat(all.empty() ? "" : "|", word);
  return all;
}

OptionValue Option::checked(const OptionValue& value) const {
  const auto refuse = [&](std::string_view expected) {
    throw ConfigError(concat(path(), " = ", to_text(value), ": expected ", expected));
  };
  if (std::holds_alternative<bool>(default_value)) {
    if (!std::holds_alternative<bool>(value)) refuse("true or false");
    return value;
  }
  if (std::holds_alternative<std::string>(default_value)) {
    const std::string word = to_text(value);
    if (std::ranges::find(words, word) == words.end()) refuse(range());
    return word;
  }
  if (!is_number(value)) refuse(concat("a number, ", range()));
  const double number = number_in(value);
  if (!limits.contains(number)) refuse(range());
  if (std::holds_alternative<double>(default_value)) return number;
  if (number != std::floor(number)) refuse("a whole number");
  return static_cast<std::int64_t>(number);
}

const Option* OptionTable::find(std::string_view key) const {
  const auto found = std::ranges::find(options_, key, &Option::key);
  return found == options_.end() ? nullptr : &*found;
}

const Option& OptionTable::at(std::string_view key) const {
  if (const Option* const option = find(key)) return *option;
  throw ConfigError(concat("no option is called '", key, "'; there are ", paths()));
}

OptionValues OptionTable::defaults() const {
  OptionValues values;
  for (const Option& option : options_) values.emplace(option.key, option.default_value);
  return values;
}

OptionValues OptionTable::complete(const OptionValues& given) const {
  OptionValues values = defaults();
  for (const auto& [key, value] : given) values.at(key) = at(key).checked(value);
  return values;
}

OptionValues OptionTable::parse(const std::vector<std::string>& assignments) const {
  OptionValues values;
  for (const std::string& text : assignments) {
    const std::size_t equals = text.find('=');
    const std::string_view path = trim(std::string_view(text).substr(0, equals));
    if (equals == std::string::npos || !parse_option_path(path))
      throw ConfigError(concat("--set ", text, ": expected model.KEY=VALUE or front_end.KEY=VALUE"));
    const auto option = std::ranges::find(options_, path, &Option::path);
    if (option == options_.end())
      throw ConfigError(concat("--set ", text, ": there is no option ", path, ", but ", paths()));
    values[option->key] =
        option->checked(parse_option_value(trim(std::string_view(text).substr(equals + 1))));
  }
  return values;
}

std::string OptionTable::paths() const {
  std::string all;
  for (const Option& option : options_) all += concat(all.empty() ? "" : ", ", option.path());
  return all;
}

}  // namespace sonograd::models
