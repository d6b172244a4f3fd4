#include "train/data/test_set.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "models/core/model_error.h"
#include "tensor/io/json.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/data/split_file.h"

namespace sonograd::train {
namespace {

constexpr std::size_t kShownLabels = 3;

Split split_of_run(const LabelsTable& table, const std::filesystem::path& file) {
  try {
    return read_split(file, table);
  } catch (const DataError& error) {
    throw DataError(
        concat(error.what(),
               "; to score other clips than those of the run, give --split all, split or COLUMN=VALUE"));
  }
}

Split split_of(const LabelsTable& table, const TestSetOptions& options) {
  if (options.split.empty() && !options.run_split.empty()) return split_of_run(table, options.run_split);
  if (options.split == "all" || (options.split.empty() && !table.find_column("split"))) {
    Split everything;
    everything.test.resize(table.size());
    std::iota(everything.test.begin(), everything.test.end(), std::size_t{0});
    return everything;
  }
  SplitRule rule = SplitRule::parse(options.split);
  rule.test_only = true;
  return make_split(table, rule, 0);
}

/// Throws DataError for segments that overlap, with their place.
void require_one_at_a_time(const LabelsTable& table, std::span<const std::size_t> rows) {
  const std::size_t column = table.column(name_of({}, TargetsOf::step));
  for (const std::size_t row : rows) {
    if (!overlap(table.segments(row, column))) continue;
    throw DataError(concat(table.where(row, column),
                           ": segments of different labels overlap; the model gives one label at a time"));
  }
}

}  // namespace

TargetsOf targets_of(const models::ModelDescription& about) {
  const nlohmann::json training = io::parse_json(about.training);
  const auto entry = training.find(kTargetsKey);
  return entry != training.end() && *entry == name_of({}, TargetsOf::step) ? TargetsOf::step
                                                                           : TargetsOf::clip;
}

Dataset open_test_set(const TestSetOptions& options, const models::ModelDescription& about) {
  LabelsTable table = LabelsTable::read(options.folder);
  const Task task = about.output == models::Output::softmax ? Task::multi_class : Task::multi_label;
  const LabelSet labels(task, about.labels, targets_of(about));
  if (!table.find_column(labels.column())) {
    throw models::ModelError(concat("the model was trained on the column '", labels.column(), "', which ",
                                    table.name(), " does not have"));
  }
  Split split = split_of(table, options);
  if (labels.targets_of() == TargetsOf::step && task == Task::multi_class)
    require_one_at_a_time(table, split.test);
  const std::vector<std::size_t> usable = labels.usable_rows(table);
  std::vector<std::string> unused = labels.unknown(table, split.test);
  const std::size_t unused_clips =
      std::erase_if(split.test, [&](std::size_t row) { return !std::ranges::binary_search(usable, row); });
  const std::vector<std::size_t> support = labels.support(table, split.test);
  if (std::ranges::all_of(support, [](std::size_t clips) { return clips == 0; })) {
    throw models::ModelError(concat("none of the model's ", labels.size(), " labels (",
                                    listed(labels.names(), kShownLabels), ") occurs in the test clips of ",
                                    table.name(), ", which have ",
                                    unused.empty() ? "none" : listed(unused, kShownLabels)));
  }
  return {std::move(table), labels, std::move(split), std::move(unused), unused_clips};
}

}  // namespace sonograd::train
