#include "train/run/requirements.h"

#include <algorithm>

#include "models/tagging/step_places.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

/// Number of labels that have a segment in these clips.
std::size_t labels_with_segments(const ClipList& clips) {
  std::vector<bool> has(clips.labels);
  for (const LabelTimes& times : clips.times)
    for (const TimedLabel& time : times.times()) has[time.label] = true;
  return static_cast<std::size_t>(std::ranges::count(has, true));
}

/// Settings that metric learning leaves without a meaning.
void require_suitable_for_triplets(const models::Network& network, const Settings& settings,
                                   const LabelSet& labels) {
  const auto refuse = [](std::string_view key, const auto& expected) {
    throw ConfigError(concat(key, ": expected ", expected, " with loss.name = triplet"));
  };
  if (labels.targets_of() == TargetsOf::step) refuse("data.task", "labels of clips (tags or label)");
  if (settings.train.chunks != 1) refuse("train.chunks", 1);
  if (settings.train.label_smoothing != 0) refuse("train.label_smoothing", 0);
  if (settings.train.positive_weight != 1) refuse("train.positive_weight", 1);
  if (settings.augment.mixup != 0) refuse("augment.mixup", 0);
  if (!settings.loss.mse_tags.empty()) refuse("loss.mse_tags", "no tags");
  if (!settings.student.teacher.empty()) refuse("student.teacher", "none");
  if (settings.triplet.mining != TripletMining::random && settings.train.batch < 2)
    throw ConfigError(concat("triplet.mining = ", word_of(settings.triplet.mining),
                             ": expected train.batch = 2 or more, from which negatives are taken, got ",
                             settings.train.batch));
  std::vector<std::string> names;
  for (const models::OutputInfo& output : network.outputs())
    if (output.name != models::kLogits) names.push_back(output.name);
  if (std::ranges::find(names, settings.triplet.output) != names.end()) return;
  throw ConfigError(concat("triplet.output = ", settings.triplet.output, ": ",
                           names.empty() ? concat(settings.train.arch, " has no output beside its logits")
                                         : concat("expected an output of ", settings.train.arch, ": ",
                                                  listed(names, names.size()))));
}

}  // namespace

void require_clips(const ClipList& clips, std::string_view part, std::size_t least) {
  if (clips.size() < least) {
    throw DataError(concat("the ", part, " split has ", counted(clips.size(), "readable clip"), "; expected ",
                           least, " or more"));
  }
}

void require_two_classes(const Dataset& dataset) {
  if (dataset.labels.task() != Task::multi_class) return;
  const ClipList clips = dataset.clips(dataset.split.train);
  if (clips.has_times()) {
    if (labels_with_segments(clips) > 1) return;
    throw DataError(concat(dataset.table.name(),
                           ": the segments of the training clips have one label; expected two at least"));
  }
  if (clips.size() < 2) return;
  for (std::size_t clip = 1; clip < clips.size(); ++clip)
    if (!std::ranges::equal(clips.target(clip), clips.target(0))) return;
  throw DataError(concat(dataset.table.name(), ": the ", clips.size(),
                         " training clips have the same label; expected two labels at least"));
}

void require_suitable(const models::Network& network, const Settings& settings, const LabelSet& labels) {
  if (network.labels_exclude_each_other() && labels.task() == Task::multi_label) {
    throw ConfigError(
        concat("train.arch = ", settings.train.arch,
               ": its scores are shares of one label at a time; expected a task with one label, got ",
               labels.column(), labels.targets_of() == TargetsOf::step ? " that overlap" : ""));
  }
  if (settings.loss.name == LossKind::triplet) require_suitable_for_triplets(network, settings, labels);
  if (labels.targets_of() == TargetsOf::clip) return;
  if (models::steps_of(network) == 0) {
    throw ConfigError(concat("train.arch = ", settings.train.arch,
                             ": labels with times (the column segments) require a network with the output ",
                             models::kStepLogits, "; `sonograd models NAME` lists the outputs of one"));
  }
  if (settings.train.chunks != 1) {
    throw ConfigError(
        concat("train.chunks: expected 1 with labels that have times (the column segments), got ",
               settings.train.chunks));
  }
  if (!settings.student.teacher.empty())
    throw ConfigError("student.teacher: expected labels of clips; those of the column segments have times");
}

}  // namespace sonograd::train
