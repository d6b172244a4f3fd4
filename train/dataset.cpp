#include "train/dataset.h"

#include <algorithm>
#include <optional>

#include "train/data_error.h"
#include "train/prefetcher.h"
#include "train/split_file.h"

namespace sonograd::train {
namespace {

constexpr double kMaxUnreadableShare = 0.1;

Dataset open_with(const Settings& settings, const std::function<Split(const LabelsTable&)>& make) {
  LabelsTable table = LabelsTable::read(settings.data.dir);
  const Task task = resolve_task(settings.data.task, table);
  const auto min_clips = static_cast<std::size_t>(settings.data.min_clips);
  LabelSet labels = settings.data.labels.empty()
                        ? LabelSet::collect(table, task, min_clips)
                        : LabelSet::from_file(settings.data.labels, table, task, min_clips);
  Split split = make(table);
  const std::vector<std::size_t> usable = labels.usable_rows(table);
  for (auto* const rows : {&split.train, &split.valid, &split.test}) {
    std::erase_if(*rows, [&](std::size_t row) { return !std::ranges::binary_search(usable, row); });
  }
  return {std::move(table), std::move(labels), std::move(split)};
}

}  // namespace

ClipList::ClipList(const LabelsTable& table, const LabelSet& label_set,
                   std::span<const std::size_t> clip_rows)
    : rows(clip_rows.begin(), clip_rows.end()),
      labels(label_set.size()),
      targets(label_set.targets(table, clip_rows)) {
  for (const std::size_t row : rows) {
    paths.push_back(table.path(row));
    files.push_back(table.file(row));
  }
}

std::size_t ClipList::one_class_labels() const {
  std::size_t count = 0;
  for (std::size_t label = 0; label < labels; ++label) {
    std::size_t positives = 0;
    for (std::size_t clip = 0; clip < size(); ++clip) positives += target(clip)[label] >= kPositiveGrade;
    count += positives == 0 || positives == size();
  }
  return count;
}

Dataset Dataset::open(const Settings& settings) {
  return open_with(settings, [&](const LabelsTable& table) {
    SplitRule rule = SplitRule::parse(settings.data.split);
    rule.validate = settings.data.valid != "none";
    return make_split(table, rule, static_cast<std::uint64_t>(settings.train.seed));
  });
}

Dataset Dataset::open(const Settings& settings, const std::filesystem::path& split_file) {
  return open_with(settings, [&](const LabelsTable& table) { return read_split(split_file, table); });
}

Inspection inspect(const Dataset& dataset, const ClipReader& reader, int threads,
                   const std::function<bool(std::size_t, std::size_t)>& progress) {
  std::vector<std::size_t> rows;
  for (const auto* const part : {&dataset.split.train, &dataset.split.valid, &dataset.split.test}) {
    rows.insert(rows.end(), part->begin(), part->end());
  }
  std::ranges::sort(rows);
  struct Seen {
    std::optional<std::string> error;
    std::int64_t clipped = 0;
  };
  constexpr std::size_t kAhead = 8;
  Prefetcher<Seen> seen(0, rows.size(), threads, kAhead, [&](std::size_t i) -> Seen {
    try {
      return {std::nullopt, reader.read(dataset.table.file(rows[i])).clipped()};
    } catch (const Error& error) {
      return {error.what(), 0};
    }
  });
  Inspection result;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!progress(i, rows.size())) return result;
    const Seen clip = seen.next();
    result.clipped += clip.clipped;
    if (clip.error) result.unreadable.push_back({rows[i], dataset.table.path(rows[i]), *clip.error});
  }
  progress(rows.size(), rows.size());
  const std::size_t unreadable = result.unreadable.size();
  if (static_cast<double>(unreadable) > kMaxUnreadableShare * static_cast<double>(rows.size())) {
    const UnreadableClip& first = result.unreadable.front();
    throw DataError(concat(dataset.table.name(), ": ", unreadable, " of ", rows.size(),
                           " clips cannot be read, at most 10 % may; the first is ", first.path, ": ",
                           first.reason));
  }
  return result;
}

std::vector<std::size_t> readable_rows(std::span<const std::size_t> rows, const Inspection& inspection) {
  std::vector<std::size_t> readable(rows.begin(), rows.end());
  std::erase_if(readable, [&](std::size_t row) {
    return std::ranges::binary_search(inspection.unreadable, row, {}, &UnreadableClip::row);
  });
  return readable;
}

}  // namespace sonograd::train
