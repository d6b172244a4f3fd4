// The options of a network: key, kind, range and default of each, and their values.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tensor/support/range.h"

namespace sonograd::models {

/// A switch, a whole number, a real number or a word.
using OptionValue = std::variant<bool, std::int64_t, double, std::string>;
/// Values by key.
using OptionValues = std::map<std::string, OptionValue, std::less<>>;

/// "true", "64", "0.5" or the word itself: the shortest text that reads back as the same value.
std::string to_text(const OptionValue& value);
/// A switch, a number or text, by its form: `true`, `64`, `0.5`.
OptionValue parse_option_value(std::string_view text);
/// The value in JSON. `Json`: nlohmann::json or ordered_json, which this header does not include.
template <class Json>
Json json_of(const OptionValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

/// The section of a model file that holds an option, and the first part of its path.
enum class OptionSection : std::uint8_t { model, front_end };
std::string_view name_of(OptionSection section);
inline constexpr OptionSection kOptionSections[] = {OptionSection::model, OptionSection::front_end};

/// `model.channels`, `front_end.n_mels`: the name of an option in settings, messages and listings.
std::string path_of(OptionSection section, std::string_view key);

struct OptionPath {
  OptionSection section;
  std::string_view key;  ///< not empty
};
/// Section and key of a path; nothing for text that does not begin with a section, or has no key behind it.
std::optional<OptionPath> parse_option_path(std::string_view text);

/// One option of a network. The default of an option that is added later leaves the network as it was: then versions without
/// the option read files that hold the default.
struct Option {
  std::string key;  ///< unique in a network: `channels`
  OptionSection section = OptionSection::model;
  std::string help;                ///< one line, with the unit
  OptionValue default_value;       ///< its alternative is the kind of the option
  NumberRange limits = {};         ///< range of a number
  std::vector<std::string> words;  ///< words that an option of words may have

  /// `path_of` its section and key.
  std::string path() const;
  /// "1 to 4096", "true|false" or "mean|max".
  std::string range() const;
  /// `value` as this option stores it: a whole number for a real option becomes a real number, a number for an option of
  /// words becomes its text. Throws ConfigError, with path and range, for another kind and a value out of range.
  OptionValue checked(const OptionValue& value) const;
};

/// An option that has no effect, because of the value of another one.
struct IdleOption {
  std::string key;
  std::string cause;  ///< the other one: "front_end.center = false"
};

/// An option that the tensors of a file do not determine, although outputs depend on it.
struct OpenOption {
  std::string key;
  std::string values;         ///< for messages: the values that the tensors allow, as `N` or `true|false`
  bool is_published = false;  ///< the tensors have the sizes of a published network, whose value it has
};

/// The options of one network, in the order in which they are listed.
class OptionTable {
 public:
  OptionTable() = default;
  explicit OptionTable(std::vector<Option> options) : options_(std::move(options)) {}

  auto begin() const { return options_.begin(); }
  auto end() const { return options_.end(); }
  bool empty() const { return options_.empty(); }

  /// nullptr when there is no option of that key.
  const Option* find(std::string_view key) const;
  /// Throws ConfigError, listing the paths, when there is no option of that key.
  const Option& at(std::string_view key) const;
  OptionValues defaults() const;
  /// `given`, checked, and the default of every other option. Throws ConfigError as `at` and `checked` do.
  OptionValues complete(const OptionValues& given) const;
  /// Values of assignments such as "front_end.hop_length=320", the arguments of --set; blanks around both parts are dropped,
  /// and the last assignment of an option decides. Throws ConfigError, naming the assignment, for another form, an unknown
  /// path, and as `checked` does.
  OptionValues parse(const std::vector<std::string>& assignments) const;
  /// The paths, separated by commas.
  std::string paths() const;

 private:
  std::vector<Option> options_;
};

}  // namespace sonograd::models
