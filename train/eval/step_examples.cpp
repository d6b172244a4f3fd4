#include "train/eval/step_examples.h"

#include <algorithm>
#include <utility>

#include "models/tagging/step_places.h"

namespace sonograd::train {

StepExamples::StepExamples(const ClipList& clips, const models::ChunkRule& rule,
                           const models::Network& network)
    : clips_(clips), rule_(rule), steps_(models::require_steps(network)), clips_read_(clips.size()) {}

void StepExamples::add(std::size_t clip, std::span<const float> logits) {
  std::vector<float>& all = clips_read_[clip].logits;
  all.insert(all.end(), logits.begin(), logits.end());
}

ClipSteps StepExamples::take(std::size_t clip) {
  const Read read = std::exchange(clips_read_[clip], {});
  ClipSteps result;
  for (const models::StepPlace& step : models::step_places(rule_, read.samples, steps_)) {
    if ((step.row + 1) * clips_.labels > read.logits.size()) break;  // a length that is rounded
    const std::size_t row = result.targets.size();
    clips_.times[clip].append_targets(
        {.place = step.samples, .samples = step.samples.length, .steps = 1, .sample_rate = rule_.sample_rate},
        clips_.task, result.targets);
    const auto target = std::span(result.targets).subspan(row);
    if (clips_.task == Task::multi_class && std::ranges::all_of(target, [](float z) { return z == 0; })) {
      result.targets.resize(row);
      continue;
    }
    const auto logits = std::span(read.logits).subspan(step.row * clips_.labels, clips_.labels);
    result.logits.insert(result.logits.end(), logits.begin(), logits.end());
    ++result.count;
  }
  return result;
}

}  // namespace sonograd::train
