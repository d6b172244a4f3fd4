#include "train/data/dataset.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

#include "tensor/support/prefetcher.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/data/look_alikes.h"
#include "train/data/split_file.h"

namespace sonograd::train {
namespace {

constexpr double kMaxUnreadableShare = 0.1;

/// Labels of the table and of the label file that are not learned, bytewise sorted.
std::vector<std::string> unused_labels(const Settings& settings, const LabelsTable& table,
                                       const LabelSet& labels) {
  std::vector<std::size_t> rows(table.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::vector<std::string> unused = labels.unknown(table, rows);
  if (settings.data.labels.empty()) return unused;
  const LabelSet given =
      LabelSet::from_file(settings.data.labels, table, labels.task(), 0, labels.targets_of());
  for (const std::string& name : given.names()) {
    if (!labels.index_of(name)) unused.push_back(name);
  }
  std::ranges::sort(unused);
  unused.erase(std::unique(unused.begin(), unused.end()), unused.end());
  return unused;
}

/// Labels of each row, of those that are learned.
std::vector<std::vector<std::size_t>> labels_of_rows(const LabelsTable& table, const LabelSet& labels) {
  std::vector<std::vector<std::size_t>> rows(table.size());
  for (const std::size_t row : labels.usable_rows(table)) {
    const std::vector<float> grades = labels.targets(table, std::array{row});
    for (std::size_t label = 0; label < grades.size(); ++label)
      if (grades[label] >= kPositiveGrade) rows[row].push_back(label);
  }
  return rows;
}

/// Labels of a multi-class task that join others with a comma, a bar or a semicolon.
std::vector<std::string> joined_labels(const LabelSet& labels) {
  std::vector<std::string> joined;
  if (labels.task() != Task::multi_class || labels.targets_of() == TargetsOf::step) return joined;
  for (const std::string& name : labels.names()) {
    const std::size_t end = name.find_first_of(",|;");
    if (end != std::string::npos && labels.index_of(trim(name.substr(0, end)))) joined.push_back(name);
  }
  return joined;
}

/// Throws DataError when no clip has one of the labels that were asked for.
void require_present(const Settings& settings, const LabelsTable& table, const LabelSet& labels) {
  if (settings.data.labels.empty()) return;
  std::vector<std::size_t> rows(table.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const std::vector<float> grades = labels.targets(table, rows);
  if (std::ranges::any_of(grades, [](float grade) { return grade > 0; })) return;
  const std::vector<std::string> found = labels.unknown(table, rows);
  throw DataError(concat("--labels ", settings.data.labels, ": none of its ", labels.size(),
                         " labels is in the column ", labels.column(), " of ", table.name(),
                         found.empty() ? ", which is empty" : concat(", which has ", listed(found))));
}

enum class EmptyParts { refused, permitted };

Dataset open_with(const Settings& settings, EmptyParts empty_parts,
                  const std::function<Split(const LabelsTable&, const LabelSet&)>& make) {
  LabelsTable table = LabelsTable::read(settings.data.dir);
  const Task task = resolve_task(settings.data.task, table);
  const TargetsOf extent = resolve_targets(settings.data.task, table);
  const auto min_clips = static_cast<std::size_t>(settings.data.min_clips);
  LabelSet labels = settings.data.labels.empty()
                        ? LabelSet::collect(table, task, min_clips, extent)
                        : LabelSet::from_file(settings.data.labels, table, task, min_clips, extent);
  require_present(settings, table, labels);
  Split split = make(table, labels);
  std::size_t unused_clips = 0;
  const std::vector<std::size_t> usable = labels.usable_rows(table);
  for (const std::string_view part : {"train", "valid", "test"}) {
    std::vector<std::size_t>& rows = *split.part(part);
    const std::size_t left_out =
        std::erase_if(rows, [&](std::size_t row) { return !std::ranges::binary_search(usable, row); });
    unused_clips += left_out;
    if (rows.empty() && left_out > 0 && empty_parts == EmptyParts::refused) {
      throw DataError(concat(table.name(), ": the ", part, " split is empty: none of its ",
                             counted(left_out, "clip"), " has one of the ", counted(labels.size(), "label"),
                             " of the task"));
    }
  }
  std::vector<std::string> unused = unused_labels(settings, table, labels);
  return {std::move(table), std::move(labels), std::move(split), std::move(unused), unused_clips};
}

SplitRule rule_of(const Settings& settings) {
  SplitRule rule = SplitRule::parse(settings.data.split);
  rule.validate = settings.data.valid != Validation::none;
  return rule;
}

Dataset open_by_rule(const Settings& settings, EmptyParts empty_parts) {
  return open_with(settings, empty_parts, [&](const LabelsTable& table, const LabelSet& labels) {
    SplitRule rule = rule_of(settings);
    rule.may_lack_parts = empty_parts == EmptyParts::permitted;
    return make_split(table, rule, static_cast<std::uint64_t>(settings.train.seed),
                      labels_of_rows(table, labels));
  });
}

}  // namespace

ClipList::ClipList(const LabelsTable& table, const LabelSet& label_set,
                   std::span<const std::size_t> clip_rows)
    : rows(clip_rows.begin(), clip_rows.end()),
      labels(label_set.size()),
      targets(label_set.targets(table, clip_rows)),
      task(label_set.task()) {
  if (label_set.targets_of() == TargetsOf::step) times = label_set.times(table, rows);
  for (const std::size_t row : rows) {
    paths.push_back(table.path(row));
    files.push_back(table.file(row));
  }
}

std::size_t ClipList::one_class_labels() const {
  if (has_times()) return 0;  // within a clip
  std::size_t count = 0;
  for (std::size_t label = 0; label < labels; ++label) {
    std::size_t positives = 0;
    for (std::size_t clip = 0; clip < size(); ++clip) positives += target(clip)[label] >= kPositiveGrade;
    count += positives == 0 || positives == size();
  }
  return count;
}

std::vector<std::string> Dataset::warnings() const {
  std::vector<std::string> sentences = table.warnings();
  std::vector<std::string> all_labels = labels.names();
  all_labels.insert(all_labels.end(), unused_labels.begin(), unused_labels.end());
  for (std::string& sentence : look_alikes(all_labels)) sentences.push_back(std::move(sentence));
  for (const std::string& name : joined_labels(labels)) {
    sentences.push_back(concat("the label '", name,
                               "' is one class; several labels of a clip stand in a column tags, with commas "
                               "between them"));
  }
  if (!unused_labels.empty()) {
    sentences.push_back(
        concat(counted(unused_labels.size(), labels.task() == Task::multi_label ? "tag" : "label"),
               " of the data not used: ", listed(unused_labels)));
  }
  if (unused_clips > 0)
    sentences.push_back(concat(counted(unused_clips, "clip"), " left out: the label is not used"));
  return sentences;
}

Dataset Dataset::open(const Settings& settings) {
  return open_by_rule(settings, EmptyParts::refused);
}

Dataset Dataset::open_to_check(const Settings& settings) {
  return open_by_rule(settings, EmptyParts::permitted);
}

Dataset Dataset::open(const Settings& settings, const std::filesystem::path& split_file) {
  return open_with(settings, EmptyParts::refused,
                   [&](const LabelsTable& table, const LabelSet&) { return read_split(split_file, table); });
}

std::string Dataset::empty_part(const Settings& settings) const {
  return train::empty_part(split, table, rule_of(settings));
}

bool is_too_many_unreadable(std::size_t unreadable, std::size_t clips) {
  return static_cast<double>(unreadable) > kMaxUnreadableShare * static_cast<double>(clips);
}

Inspection inspect(const Dataset& dataset, const ClipReader& reader, int threads,
                   const std::function<bool(std::size_t, std::size_t)>& progress) {
  const std::vector<std::size_t> rows = dataset.split.rows();
  struct Seen {
    std::string error, warning;
    std::int64_t clipped = 0;
  };
  constexpr std::size_t kAhead = 8;
  Prefetcher<Seen> seen(0, rows.size(), threads, kAhead, [&](std::size_t i) -> Seen {
    try {
      const ClipSamples clip = reader.read(dataset.table.file(rows[i]));
      return {{}, clip.warning(), clip.clipped()};
    } catch (const Error& error) {
      return {error.what(), {}, 0};
    }
  });
  Inspection result;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!progress(i, rows.size())) return result;
    const Seen clip = seen.next();
    result.clipped += clip.clipped;
    const auto add = [&](std::vector<ClipProblem>& clips, const std::string& reason) {
      if (!reason.empty()) clips.push_back({rows[i], dataset.table.path(rows[i]), reason});
    };
    add(result.unreadable, clip.error);
    add(result.damaged, clip.warning);
  }
  progress(rows.size(), rows.size());
  const std::size_t unreadable = result.unreadable.size();
  if (is_too_many_unreadable(unreadable, rows.size())) {
    const ClipProblem& first = result.unreadable.front();
    throw DataError(concat(dataset.table.name(), ": ", unreadable, " of ", rows.size(),
                           " clips cannot be read, at most 10 % may; the first is ", first.path, ": ",
                           first.reason));
  }
  return result;
}

std::vector<std::size_t> rows_without(std::span<const std::size_t> rows,
                                      std::span<const std::size_t> left_out) {
  std::vector<std::size_t> rest;
  std::ranges::set_difference(rows, left_out, std::back_inserter(rest));
  return rest;
}

}  // namespace sonograd::train
