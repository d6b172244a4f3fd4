#include "train/config/setting_value.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <toml++/toml.h>
#include <type_traits>
#include <vector>

#include "tensor/support/error.h"
#include "tensor/support/nesting.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/config/file_uri.h"

namespace sonograd::train {
namespace {

std::optional<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<std::vector<std::string>> parse_list(std::string_view text) {
  std::vector<std::string> items;
  if (text.starts_with('[')) {
    try {
      const std::string assignment = concat("list = ", text);
      check_toml_nesting(assignment);
      const toml::table table = toml::parse(assignment);
      for (const toml::node& item : *table["list"].as_array()) {
        if (!item.is_string()) return std::nullopt;
        items.push_back(item.as_string()->get());
      }
    } catch (const toml::parse_error&) {
      return std::nullopt;
    } catch (const FormatError&) {
      return std::nullopt;
    }
    return items;
  }
  std::istringstream list{std::string(text)};
  for (std::string item; std::getline(list, item, ',');) {
    if (const std::string_view name = trim(item); !name.empty()) items.emplace_back(name);
  }
  return items;
}

template <class T>
std::optional<T> parse(const Setting& setting, std::string_view text) {
  if constexpr (std::is_same_v<T, bool>) {
    return parse_bool(text);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return from_file_uri(text).value_or(std::string(text));
  } else if constexpr (std::is_enum_v<T>) {
    return parse_word<T>(text);
  } else if constexpr (std::is_same_v<T, RecipeName>) {
    const std::vector<std::string_view> names = setting.words();
    return std::ranges::find(names, text) == names.end() ? std::nullopt
                                                         : std::optional(RecipeName{std::string(text)});
  } else if constexpr (std::is_arithmetic_v<T>) {
    const std::optional<T> value = parse_number<T>(text);
    const auto number = static_cast<double>(value.value_or(0));
    return setting.limits.contains(number) ? value : std::nullopt;
  } else {
    return parse_list(text);
  }
}

std::string unknown_key(std::string_view key) {
  std::string message = concat("no setting is called '", key, '\'');
  const std::vector<std::string_view> similar = similar_settings(key);
  if (similar.empty()) return message + "; --print-config lists them all";
  for (std::size_t i = 0; i < similar.size(); ++i) {
    message += concat(i == 0 ? "; did you mean " : i + 1 == similar.size() ? " or " : ", ", similar[i]);
  }
  return message + '?';
}

/// The shortest text that reads back as the same double, with a point or an exponent.
std::string to_toml(double value) {
  char digits[32];
  char* const end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  const std::string text(std::begin(digits), end);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string print(const toml::node& node) {
  std::ostringstream out;
  out << toml::toml_formatter(node, toml::format_flags::none);
  return out.str();
}

std::string to_toml(const std::vector<std::string>& items) {
  toml::array list;
  for (const std::string& item : items) list.push_back(item);
  return print(list);
}

template <class T>
std::string to_toml(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return print(toml::value<std::string>(word_of(value)));
  } else if constexpr (std::is_same_v<T, RecipeName>) {
    return print(toml::value<std::string>(value.name));
  } else if constexpr (std::is_same_v<T, std::string>) {
    const bool is_bytes = value.starts_with('/') && !is_utf8_text(value);
    return print(toml::value<std::string>(is_bytes ? to_file_uri(value) : value));
  } else {
    return print(toml::value<T>(value));
  }
}

}  // namespace

void assign(Settings& settings, const Assignment& assignment) {
  const auto& [key, text, origin] = assignment;
  if (const auto option = models::parse_option_path(key)) {
    settings.model.insert_or_assign(std::string(option->key), models::parse_option_value(text));
    return;
  }
  const Setting* const setting = find_setting(key);
  if (setting == nullptr) throw ConfigError(concat(origin, ": ", unknown_key(key)));
  std::visit(
      [&]<class T>(Setting::Field<T> field) {
        const std::optional<T> value = parse<T>(*setting, assignment.value);
        if (!value) {
          throw ConfigError(concat(assignment.origin, ": ", setting->key, ": expected ", setting->range(),
                                   ", got '", assignment.value, '\''));
        }
        field(settings) = *value;
      },
      setting->field);
}

std::string format_value(const Settings& settings, const Setting& setting) {
  // A field gives write access, hence the copy.
  Settings copy = settings;
  return std::visit([&](auto field) { return to_toml(field(copy)); }, setting.field);
}

std::string format_value(const models::OptionValue& option) {
  return std::visit([](const auto& value) { return to_toml(value); }, option);
}

}  // namespace sonograd::train
