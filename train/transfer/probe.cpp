#include "train/transfer/probe.h"

#include <algorithm>
#include <set>

#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/eval/metrics.h"
#include "train/transfer/linear_head.h"

namespace sonograd::train {
namespace {

/// The examples of these rows, as far as they have features.
HeadData examples_of(const Dataset& dataset, const ClipFeatures& features,
                     std::span<const std::size_t> rows) {
  HeadData examples{.width = features.width, .labels = dataset.labels.size(), .features = {}, .targets = {}};
  std::vector<std::size_t> with_features;
  for (const std::size_t row : rows) {
    const auto found = std::ranges::lower_bound(features.rows, row);
    if (found == features.rows.end() || *found != row) continue;
    with_features.push_back(row);
    const auto first = features.values.begin() +
                       (found - features.rows.begin()) * static_cast<std::ptrdiff_t>(features.width);
    examples.features.insert(examples.features.end(), first,
                             first + static_cast<std::ptrdiff_t>(features.width));
  }
  examples.targets = dataset.labels.targets(dataset.table, with_features);
  return examples;
}

ProbeScores scores_of(const LinearHead& head, const HeadData& data, Task task) {
  const std::vector<float> scores = head.scores(data);
  const TagMetrics tags = tag_metrics(data.targets, scores, data.labels);
  ProbeScores result{.test = data.size(),
                     .accuracy = {},
                     .roc_auc = tags.roc_auc.macro,
                     .pr_auc = tags.average_precision.macro};
  if (task == Task::multi_class)
    result.accuracy = confusion_matrix(classes_of(data.targets, data.labels), scores, data.labels).accuracy();
  return result;
}

double quality_of(const ProbeScores& scores) {
  return scores.accuracy.value_or(scores.roc_auc.value_or(0));
}

void require_examples(const HeadData& data, const LabelsTable& table, std::string_view part) {
  if (data.size() > 0) return;
  throw DataError(concat(table.name(), ": the ", part, " split has no clip that can be read"));
}

}  // namespace

std::optional<ProbeScores> probe(const Dataset& dataset, const Split& split, const ClipFeatures& features,
                                 std::span<const double> grid, const std::function<bool()>& keep_going) {
  const auto is_stopped = [&] { return keep_going && !keep_going(); };
  const Task task = dataset.labels.task();
  HeadData train = examples_of(dataset, features, split.train);
  const HeadData valid = examples_of(dataset, features, split.valid);
  const HeadData test = examples_of(dataset, features, split.test);
  require_examples(train, dataset.table, "train");
  require_examples(test, dataset.table, "test");
  double best_c = grid.front(), best = -1;
  for (const double c : grid) {
    if (valid.size() == 0 || grid.size() == 1) break;
    if (is_stopped()) return std::nullopt;
    const double score = quality_of(scores_of(LinearHead(train, task, c), valid, task));
    if (score > best) best = score, best_c = c;
  }
  if (is_stopped()) return std::nullopt;
  for (std::size_t row = 0; row < valid.size(); ++row) train.add(valid, row);
  ProbeScores result = scores_of(LinearHead(train, task, best_c), test, task);
  result.c = best_c;
  result.train = train.size();
  return result;
}

std::vector<Split> splits_by_column(const Dataset& dataset, const std::string& column, std::uint64_t seed) {
  const std::size_t index = dataset.table.column(column);
  std::set<std::string> values;
  for (std::size_t row = 0; row < dataset.table.size(); ++row) {
    const std::string& value = dataset.table.cell(row, index);
    if (value.empty())
      throw DataError(concat(dataset.table.where(row, index), ": expected a value to test on, got none"));
    values.insert(value);
  }
  if (values.size() < 2) {
    throw DataError(concat(dataset.table.name(), ": column ", column,
                           ": expected two values or more to test on, got ", values.size()));
  }
  const std::vector<std::size_t> usable = dataset.labels.usable_rows(dataset.table);
  std::vector<Split> splits;
  for (const std::string& value : values) {
    Split split = make_split(dataset.table, SplitRule::parse(concat(column, '=', value)), seed);
    for (std::vector<std::size_t>* const part : {&split.train, &split.valid, &split.test})
      std::erase_if(*part, [&](std::size_t row) { return !std::ranges::binary_search(usable, row); });
    splits.push_back(std::move(split));
  }
  return splits;
}

}  // namespace sonograd::train
