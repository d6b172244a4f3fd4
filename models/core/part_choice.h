// A part of a network that is one of several kinds, which a word of the options chooses. Each kind has options of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/core/option_list.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// One kind of a part, without the functions that make it.
struct PartKind {
  std::string name;  ///< the word that chooses it
  std::string help;  ///< a few words in a list of all kinds, without commas
  /// Names of tensors, below the name of the part, that weights of this kind have and weights of no other kind have together.
  std::vector<std::string> signature;
  OptionTable options;
  /// Its options without an effect at `values`, complete and checked; null: there are none.
  std::vector<IdleOption> (*idle)(const OptionValues& values) = nullptr;
};

/// All kinds of a part, and the options that they have together.
class PartKinds {
 public:
  /// `role`: key of the option that holds the word, `front`; `help` describes the part: "front end". The kinds, `initial` among
  /// them, live as long as this list. Options of several kinds are listed once, those of `initial` first. Throws ConfigError
  /// when two kinds declare an option with different ranges or defaults, and when no kind is called `initial`.
  PartKinds(std::string_view role, std::string_view help, std::vector<const PartKind*> kinds,
            std::string_view initial);

  const std::string& role() const { return role_; }
  /// "front end: log-mel maps, …": the help of all kinds.
  const std::string& help() const { return help_; }
  const std::string& initial() const { return initial_; }
  const std::vector<const PartKind*>& all() const { return kinds_; }
  /// The help of an option that some kinds lack ends with those that have it: "…; front = log_mel|musicnn".
  const std::vector<Option>& options() const { return options_; }
  /// Place in `all` of the kind of that name.
  std::size_t index_of(std::string_view name) const;

 private:
  void add_options(const PartKind& kind);
  void name_owners(Option& option) const;

  std::string role_, help_, initial_;
  std::vector<const PartKind*> kinds_;
  std::vector<Option> options_;
};

/// The chosen kind, and a value of every option of all kinds; at first their defaults. A copy refers to the same list of kinds.
class PartChoice {
 public:
  /// `kinds` lives as long as the choice.
  explicit PartChoice(const PartKinds& kinds);

  /// The word, and the options of all kinds.
  void list(OptionList& all);
  /// Place of the chosen kind in PartKinds::all.
  std::size_t index() const { return kinds_->index_of(name_); }
  /// Values of the options that the chosen kind has. Throws ConfigError for an option of other kinds that is not at its default.
  OptionValues own_values() const;
  /// Chooses the kind whose signature the part `part` of `weights` has. Throws ModelError when there is none.
  void recognise(const io::NamedTensors& weights, std::string_view part);
  /// Options of the chosen kind.
  void set(const OptionValues& values);

 private:
  std::string idle_cause(const std::string& key) const;

  const PartKinds* kinds_;
  std::string name_;
  OptionValues values_;
};

/// Addresses of kinds that are derived from PartKind.
template <class Kind>
std::vector<const PartKind*> addresses_of(const std::vector<Kind>& kinds) {
  std::vector<const PartKind*> addresses;
  for (const Kind& kind : kinds) addresses.push_back(&kind);
  return addresses;
}

}  // namespace sonograd::models
