#include "models/core/part_choice.h"

#include <algorithm>

#include "models/core/model_error.h"

namespace sonograd::models {
namespace {

bool declares_alike(const Option& a, const Option& b) {
  return a.section == b.section && a.default_value == b.default_value && a.limits.min == b.limits.min &&
         a.limits.max == b.limits.max && a.words == b.words;
}

bool has_signature(const PartKind& kind, const io::NamedTensors& weights, std::string_view part) {
  return std::ranges::all_of(
      kind.signature, [&](const std::string& tensor) { return weights.contains(concat(part, '.', tensor)); });
}

}  // namespace

PartKinds::PartKinds(std::string_view role, std::string_view help, std::vector<const PartKind*> kinds,
                     std::string_view initial)
    : role_(role), help_(help), initial_(initial), kinds_(std::move(kinds)) {
  for (const PartKind* const kind : kinds_) help_ += concat(kind == kinds_.front() ? ": " : ", ", kind->help);
  add_options(*kinds_[index_of(initial_)]);
  for (const PartKind* const kind : kinds_) add_options(*kind);
  for (Option& option : options_) name_owners(option);
}

void PartKinds::add_options(const PartKind& kind) {
  for (const Option& option : kind.options) {
    const auto known = std::ranges::find(options_, option.key, &Option::key);
    if (known == options_.end()) {
      options_.push_back(option);
    } else if (!declares_alike(*known, option)) {
      throw ConfigError(concat(option.path(), ": model.", role_, " = ", kind.name,
                               " declares another range or default than the kinds before it"));
    }
  }
}

void PartKinds::name_owners(Option& option) const {
  std::string owners;
  std::size_t count = 0;
  for (const PartKind* const kind : kinds_) {
    if (kind->options.find(option.key) == nullptr) continue;
    owners += concat(count++ == 0 ? "" : "|", kind->name);
  }
  if (count < kinds_.size()) option.help += concat("; ", role_, " = ", owners);
}

std::size_t PartKinds::index_of(std::string_view name) const {
  const auto found = std::ranges::find(kinds_, name, &PartKind::name);
  if (found == kinds_.end())
    throw ConfigError(concat("model.", role_, " = ", name, ": there is no such kind"));
  return static_cast<std::size_t>(found - kinds_.begin());
}

PartChoice::PartChoice(const PartKinds& kinds) : kinds_(&kinds), name_(kinds.initial()) {
  for (const Option& option : kinds.options()) values_.emplace(option.key, option.default_value);
}

void PartChoice::list(OptionList& all) {
  std::vector<std::pair<std::string, std::string>> words;
  for (const PartKind* const kind : kinds_->all()) words.emplace_back(kind->name, kind->name);
  all.add(kinds_->role(), name_, std::move(words), kinds_->help());
  for (const Option& option : kinds_->options()) {
    all.add(option, values_.at(option.key));
    all.idle_when([this, key = option.key] { return idle_cause(key); });
  }
}

// Options of other kinds have no effect, and those of the chosen one that it names.
std::string PartChoice::idle_cause(const std::string& key) const {
  const PartKind& kind = *kinds_->all()[index()];
  if (kind.options.find(key) == nullptr) return concat("model.", kinds_->role(), " = ", name_);
  if (kind.idle == nullptr) return "";
  for (IdleOption& option : kind.idle(values_)) {
    if (option.key == key) return std::move(option.cause);
  }
  return "";
}

OptionValues PartChoice::own_values() const {
  const OptionTable& own = kinds_->all()[index()]->options;
  OptionValues values;
  for (const Option& option : kinds_->options()) {
    const OptionValue& value = values_.at(option.key);
    if (own.find(option.key) != nullptr) {
      values.emplace(option.key, value);
    } else if (value != option.default_value) {
      throw ConfigError(concat(option.path(), " = ", to_text(value), ": model.", kinds_->role(), " = ", name_,
                               " has no such option; expected its default, ", to_text(option.default_value)));
    }
  }
  return values;
}

void PartChoice::recognise(const io::NamedTensors& weights, std::string_view part) {
  for (const PartKind* const kind : kinds_->all()) {
    if (!has_signature(*kind, weights, part)) continue;
    name_ = kind->name;
    return;
  }
  throw ModelError(concat("the tensors of the part '", part, "' belong to no kind of ", kinds_->role()));
}

void PartChoice::set(const OptionValues& values) {
  for (const auto& [key, value] : values) values_.at(key) = value;
}

}  // namespace sonograd::models
