#include "models/core/option_list.h"

#include <algorithm>

#include "tensor/support/error.h"

namespace sonograd::models {

OptionList::Bound& OptionList::append(std::string_view key, Bound bound, std::string_view help) {
  const OptionPath path = parse_option_path(key).value_or(OptionPath{OptionSection::model, key});
  bound.option.key = path.key;
  bound.option.section = path.section;
  bound.option.help = help;
  bound.option.default_value = bound.read();
  const auto is_same = [&](const Bound& other) { return other.option.key == bound.option.key; };
  if (std::ranges::any_of(bound_, is_same)) throw ConfigError(concat("option ", key, " is declared twice"));
  return bound_.emplace_back(std::move(bound));
}

template <class T>
OptionList::Bound& OptionList::bind(std::string_view key, T& value, std::string_view help) {
  return append(key,
                {.option = {},
                 .read = [&value]() -> OptionValue { return value; },
                 .write = [&value](const OptionValue& given) { value = std::get<T>(given); }},
                help);
}

void OptionList::add(std::string_view key, std::int64_t& value, NumberRange range, std::string_view help) {
  bind(key, value, help).option.limits = range;
}

void OptionList::add(std::string_view key, double& value, NumberRange range, std::string_view help) {
  bind(key, value, help).option.limits = range;
}

void OptionList::add(std::string_view key, int& value, NumberRange range, std::string_view help) {
  append(
      key,
      {.option = {},
       .read = [&value]() -> OptionValue { return std::int64_t{value}; },
       .write =
           [&value](const OptionValue& given) { value = static_cast<int>(std::get<std::int64_t>(given)); }},
      help)
      .option.limits = range;
}

void OptionList::add(std::string_view key, std::optional<double>& value, double high, std::string_view help) {
  const auto write = [&value](const OptionValue& given) {
    const double number = std::get<double>(given);
    value = number == 0 ? std::nullopt : std::optional(number);
  };
  append(key, {.option = {}, .read = [&value]() -> OptionValue { return value.value_or(0); }, .write = write},
         help)
      .option.limits = {0, high};
}

void OptionList::add(std::string_view key, bool& value, std::string_view help) {
  bind(key, value, help);
}

void OptionList::add(const Option& option, OptionValue& value) {
  Bound& bound = append(option.path(),
                        {.option = {},
                         .read = [&value] { return value; },
                         .write = [&value](const OptionValue& given) { value = given; }},
                        option.help);
  bound.option.limits = option.limits;
  bound.option.words = option.words;
}

void OptionList::idle_when(std::function<std::string()> cause) {
  bound_.back().idle_cause = std::move(cause);
}

OptionTable OptionList::table() const {
  std::vector<Option> options;
  for (const Bound& bound : bound_) options.push_back(bound.option);
  return OptionTable(std::move(options));
}

OptionValues OptionList::values() const {
  OptionValues values;
  for (const Bound& bound : bound_) values.emplace(bound.option.key, bound.read());
  return values;
}

void OptionList::assign(const OptionValues& values) const {
  for (const Bound& bound : bound_) bound.write(values.at(bound.option.key));
}

std::vector<IdleOption> OptionList::idle() const {
  std::vector<IdleOption> all;
  for (const Bound& bound : bound_) {
    std::string cause = bound.idle_cause ? bound.idle_cause() : "";
    if (!cause.empty()) all.push_back({bound.option.key, std::move(cause)});
  }
  return all;
}

}  // namespace sonograd::models
