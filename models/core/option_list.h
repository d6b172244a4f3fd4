// Declaration of the options of a network: a struct of plain values that lists its members.
//
//   struct Options {
//     std::int64_t channels = 64;
//     Pooling pooling = Pooling::mean;
//     void list(OptionList& all) {
//       all.add("channels", channels, {1, 4096}, "width of the first block");
//       all.add("pooling", pooling, {{"mean", Pooling::mean}, {"max", Pooling::max}}, "pooling over time");
//     }
//   };
//
// The initial values are the defaults. A key `front_end.KEY` puts an option into the section of the front end.
#pragma once

#include <optional>
#include <utility>

#include "models/core/option.h"

namespace sonograd::models {

/// Options bound to the members of a struct: their descriptions, their values, and assignment.
class OptionList {
 public:
  /// `value` must outlive the list; its present value is the default. Throws ConfigError for a key that is there already.
  void add(std::string_view key, std::int64_t& value, NumberRange range, std::string_view help);
  void add(std::string_view key, double& value, NumberRange range, std::string_view help);
  void add(std::string_view key, int& value, NumberRange range, std::string_view help);
  /// A real option above 0, at most `high`; 0 stands for no value.
  void add(std::string_view key, std::optional<double>& value, double high, std::string_view help);
  void add(std::string_view key, bool& value, std::string_view help);
  /// An option that another list describes; `value` has the kind of its default.
  void add(const Option& option, OptionValue& value);
  /// For the option that was added last: `cause` returns the value of another option that leaves it without an effect, as
  /// "front_end.center = false", and nothing when it has one. It is called when all members have their values.
  void idle_when(std::function<std::string()> cause);
  /// One word of several; each stands for a value of the enumeration.
  template <class Enum>
  void add(std::string_view key, Enum& value, std::vector<std::pair<std::string, Enum>> words,
           std::string_view help);

  /// All options that have been added.
  OptionTable table() const;
  OptionValues values() const;
  /// Writes `values`, complete and checked, to the members.
  void assign(const OptionValues& values) const;
  /// Options without an effect at the present values.
  std::vector<IdleOption> idle() const;

 private:
  struct Bound {
    Option option;
    std::function<OptionValue()> read;
    std::function<void(const OptionValue&)> write;
    std::function<std::string()> idle_cause = {};
  };
  template <class T>
  Bound& bind(std::string_view key, T& value, std::string_view help);
  Bound& append(std::string_view key, Bound bound, std::string_view help);

  std::vector<Bound> bound_;
};

template <class Enum>
void OptionList::add(std::string_view key, Enum& value, std::vector<std::pair<std::string, Enum>> words,
                     std::string_view help) {
  std::vector<std::string> names;
  for (const auto& [name, meaning] : words) names.push_back(name);
  const auto read = [&value, words]() -> OptionValue {
    for (const auto& [name, meaning] : words) {
      if (meaning == value) return name;
    }
    return std::string();
  };
  const auto write = [&value, words](const OptionValue& word) {
    for (const auto& [name, meaning] : words) {
      if (name == std::get<std::string>(word)) value = meaning;
    }
  };
  append(key, {.option = {}, .read = read, .write = write}, help).option.words = std::move(names);
}

/// Options of a struct as in the example above.
template <class Options>
OptionTable option_table() {
  Options options;
  OptionList list;
  options.list(list);
  return list.table();
}

/// `values` must be complete and checked: see OptionTable::complete.
template <class Options>
Options options_from(const OptionValues& values) {
  Options options;
  OptionList list;
  options.list(list);
  list.assign(values);
  return options;
}

/// Options of `Options` without an effect. `values` must be complete and checked.
template <class Options>
std::vector<IdleOption> idle_options(const OptionValues& values) {
  Options options;
  OptionList list;
  options.list(list);
  list.assign(values);
  return list.idle();
}

template <class Options>
OptionValues values_of(Options options) {
  OptionList list;
  options.list(list);
  return list.values();
}

}  // namespace sonograd::models
