#include "train/data/split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "tensor/random.h"
#include "tensor/support/number.h"
#include "train/data/data_error.h"
#include "train/data/stratify.h"

namespace sonograd::train {
namespace {

using Rows = std::vector<std::size_t>;

constexpr double kHeldOutShare = 0.15;

std::optional<double> as_number(const std::string& text) {
  const std::optional<double> value = parse_number<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

/// The distinct values of a column in order.
std::vector<std::string> ordered_values(const LabelsTable& table, std::size_t column) {
  std::vector<std::string> values;
  for (std::size_t row = 0; row < table.size(); ++row) values.push_back(table.cell(row, column));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (std::all_of(values.begin(), values.end(), as_number)) {
    std::stable_sort(values.begin(), values.end(),
                     [](const auto& a, const auto& b) { return *as_number(a) < *as_number(b); });
  }
  return values;
}

/// Groups of rows in an order drawn from the seed; the order of the rows in the table does not matter.
class Lot {
 public:
  Lot(const LabelsTable& table, const Rows& rows, std::uint64_t seed) {
    const auto group_column = table.find_column("group");
    std::map<std::pair<bool, std::string>, Rows> groups;
    for (const std::size_t row : rows) {
      const std::string group = group_column ? table.cell(row, *group_column) : std::string();
      groups[{group.empty(), group.empty() ? table.path(row) : group}].push_back(row);
    }
    for (auto& [name, members] : groups) groups_.push_back(std::move(members));
    Random random({.seed = seed, .stream = RandomStream::split});
    for (std::size_t left = groups_.size(); left > 1; --left) {
      std::swap(groups_[left - 1], groups_[random.below(left)]);
    }
  }

  /// Takes whole groups until `count` rows (at least one) are reached, and leaves `keep` groups for the
  /// others.
  Rows take(double count, std::size_t keep) {
    const auto wanted = static_cast<std::size_t>(std::max(1.0, std::round(count)));
    Rows taken;
    while (taken.size() < wanted && groups_.size() > keep) append_group(taken);
    return taken;
  }

  const std::vector<Rows>& groups() const { return groups_; }

  Rows take_rest() {
    Rows taken;
    while (!groups_.empty()) append_group(taken);
    return taken;
  }

 private:
  void append_group(Rows& taken) {
    taken.insert(taken.end(), groups_.back().begin(), groups_.back().end());
    groups_.pop_back();
  }

  std::vector<Rows> groups_;
};

/// Moves a share of the training rows to the validation rows.
void hold_out(const LabelsTable& table, std::uint64_t seed, Split& split) {
  Lot lot(table, split.train, seed);
  split.valid = lot.take(kHeldOutShare * static_cast<double>(split.train.size()), 1);
  split.train = lot.take_rest();
}

Split split_by_parts(const LabelsTable& table, std::size_t column) {
  Split split;
  for (std::size_t row = 0; row < table.size(); ++row) {
    Rows* const part = split.part(table.cell(row, column));
    if (part == nullptr) {
      throw DataError(concat(table.where(row, column), ": expected train, valid or test, got '",
                             table.cell(row, column), "'"));
    }
    part->push_back(row);
  }
  return split;
}

Split split_by_value(const LabelsTable& table, std::size_t column, const SplitRule& rule,
                     std::uint64_t seed) {
  const std::string& value = *rule.value;
  const std::vector<std::string> values = ordered_values(table, column);
  const auto tested = std::find(values.begin(), values.end(), value);
  if (tested == values.end()) {
    std::string present;
    for (const std::string& each : values) present += " " + each;
    throw DataError(concat(table.name(), ": column ", column + 1, " (", rule.column, "): no row has '", value,
                           "', so the test split is empty; values:", present));
  }
  const bool has_valid_value = values.size() >= 3;
  const std::string& before = tested == values.begin() ? values.back() : *std::prev(tested);
  Split split;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string& cell = table.cell(row, column);
    const bool validates = has_valid_value && cell == before;
    (cell == value ? split.test : validates ? split.valid : split.train).push_back(row);
  }
  if (!has_valid_value) hold_out(table, seed, split);
  return split;
}

Split split_at_random(const LabelsTable& table, std::uint64_t seed,
                      std::span<const std::vector<std::size_t>> row_labels) {
  Rows rows(table.size());
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = row;
  const Lot lot(table, rows, seed);
  std::vector<LabelledGroup> groups;
  for (const Rows& members : lot.groups()) {
    LabelledGroup& group = groups.emplace_back(LabelledGroup{.clips = members.size(), .labels = {}});
    if (row_labels.empty()) continue;
    for (const std::size_t row : members)
      group.labels.insert(group.labels.end(), row_labels[row].begin(), row_labels[row].end());
  }
  constexpr std::array kShares = {1 - 2 * kHeldOutShare, kHeldOutShare, kHeldOutShare};
  const std::vector<std::size_t> parts = stratified_parts(groups, kShares);
  Split split;
  const std::array<Rows*, 3> rows_of = {&split.train, &split.test, &split.valid};
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const Rows& members = lot.groups()[group];
    rows_of[parts[group]]->insert(rows_of[parts[group]]->end(), members.begin(), members.end());
  }
  return split;
}

Split split_by_rule(const LabelsTable& table, const SplitRule& rule, std::uint64_t seed,
                    std::span<const std::vector<std::size_t>> row_labels) {
  const auto column = table.find_column(rule.column.empty() ? "split" : rule.column);
  if (!column && rule.column.empty()) return split_at_random(table, seed, row_labels);
  if (!column) throw ConfigError(concat("--split: ", table.name(), " has no column '", rule.column, "'"));
  return rule.value ? split_by_value(table, *column, rule, seed) : split_by_parts(table, *column);
}

/// A clause for a part that is empty because whole groups are drawn, and `rows` have too few; else empty.
std::string group_clause(const LabelsTable& table, const Rows& rows) {
  const auto column = table.find_column("group");
  if (!column) return "";
  constexpr std::size_t kParts = 3;
  std::set<std::string> groups;
  for (const std::size_t row : rows) {
    if (table.cell(row, *column).empty()) return "";
    groups.insert(table.cell(row, *column));
  }
  if (groups.size() >= kParts) return "";
  return concat(": the ", rows.size(), " clips are of ", groups.size(),
                groups.size() == 1 ? " group" : " groups",
                " (column group), and a group is in one part only; rename the column to split by clip");
}

}  // namespace

std::vector<std::size_t> Split::rows() const {
  std::vector<std::size_t> all = train;
  for (const std::vector<std::size_t>* const part : {&valid, &test})
    all.insert(all.end(), part->begin(), part->end());
  std::ranges::sort(all);
  return all;
}

std::vector<std::size_t>* Split::part(std::string_view name) {
  return name == "train" ? &train : name == "valid" ? &valid : name == "test" ? &test : nullptr;
}

SplitRule SplitRule::parse(std::string_view text) {
  const std::size_t equals = text.find('=');
  SplitRule rule{.column = std::string(text.substr(0, equals))};
  if (equals != std::string_view::npos) {
    rule.value = std::string(text.substr(equals + 1));
    if (rule.column.empty()) throw ConfigError(concat("--split: expected COLUMN=VALUE, got '", text, "'"));
  }
  return rule;
}

Split make_split(const LabelsTable& table, const SplitRule& rule, std::uint64_t seed,
                 std::span<const std::vector<std::size_t>> row_labels) {
  Split split = split_by_rule(table, rule, seed, row_labels);
  if (!rule.validate) {
    split.train.insert(split.train.end(), split.valid.begin(), split.valid.end());
    split.valid.clear();
  }
  for (Rows* rows : {&split.train, &split.valid, &split.test}) std::sort(rows->begin(), rows->end());
  const std::string fault = rule.may_lack_parts ? "" : empty_part(split, table, rule);
  if (!fault.empty()) throw DataError(fault);
  return split;
}

std::string empty_part(const Split& split, const LabelsTable& table, const SplitRule& rule) {
  const bool is_drawn = rule.value.has_value() || (rule.column.empty() && !table.find_column("split"));
  const auto message = [&](std::string_view part, std::string_view advice = "") {
    Rows drawn = split.train;
    drawn.insert(drawn.end(), split.valid.begin(), split.valid.end());
    if (!rule.value) drawn.insert(drawn.end(), split.test.begin(), split.test.end());
    return concat(table.name(), ": the ", part, " split is empty",
                  is_drawn ? group_clause(table, drawn) : std::string(), advice);
  };
  if (split.test.empty()) return message("test");
  if (rule.test_only) return "";
  if (split.train.empty()) return message("train");
  const bool lacks_valid = rule.validate && split.valid.empty();
  return lacks_valid ? message("valid", "; --valid none trains without one") : "";
}

}  // namespace sonograd::train
