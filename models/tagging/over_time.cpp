#include "models/tagging/over_time.h"

#include <algorithm>
#include <cmath>

#include "models/tagging/step_places.h"

namespace sonograd::models {
namespace {

constexpr double kRounding = 1e-6;  // seconds, of times that are numbers of samples

/// Labels that apply to a part.
std::vector<bool> applying(const ScoredPart& part, Output output, std::span<const double> thresholds) {
  std::vector<bool> labels(part.scores.size());
  if (output == Output::softmax) {
    labels[static_cast<std::size_t>(std::ranges::max_element(part.scores) - part.scores.begin())] = true;
    return labels;
  }
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = part.scores[i] >= thresholds[i];
  return labels;
}

}  // namespace

void OverTime::add(std::size_t file, std::span<const float> logits) {
  std::vector<float>& all = scores_[file];
  all.insert(all.end(), logits.begin(), logits.end());
}

std::vector<ScoredPart> OverTime::take(std::size_t file, double seconds) {
  const auto found = scores_.find(file);
  if (found == scores_.end()) return {};
  const std::vector<float> logits = std::move(found->second);
  scores_.erase(found);
  const std::size_t labels = about_.labels.size();
  const auto samples = static_cast<std::int64_t>(std::llround(seconds * rule_.sample_rate));
  std::vector<ScoredPart> parts;
  const auto add_part = [&](std::size_t row, const audio::Chunk& place) {
    if ((row + 1) * labels > logits.size()) return;  // a length that is rounded
    const auto first = logits.begin() + static_cast<std::ptrdiff_t>(row * labels);
    ScoredPart part{.begin = static_cast<double>(place.start) / rule_.sample_rate,
                    .end = static_cast<double>(place.start + place.length) / rule_.sample_rate,
                    .scores = {first, first + static_cast<std::ptrdiff_t>(labels)}};
    to_probabilities(about_.output, part.scores);
    parts.push_back(std::move(part));
  };
  if (steps_ > 0) {
    for (const StepPlace& step : step_places(rule_, samples, steps_))
      add_part(step.row, audio::part_inside(step.samples, samples));
  } else {
    for (std::size_t row = 0; row * labels < logits.size(); ++row) add_part(row, rule_.place(row, samples));
  }
  return parts;
}

std::vector<float> highest_scores(std::span<const ScoredPart> parts) {
  std::vector<float> highest;
  for (const ScoredPart& part : parts) {
    highest.resize(part.scores.size());
    std::ranges::transform(highest, part.scores, highest.begin(),
                           [](float a, float b) { return std::max(a, b); });
  }
  return highest;
}

std::vector<Stretch> stretches_of(std::span<const ScoredPart> parts, Output output,
                                  std::span<const double> thresholds) {
  std::vector<Stretch> stretches;
  std::map<std::size_t, std::size_t> open;  // of a label, its stretch that may go on
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::vector<bool> labels = applying(parts[i], output, thresholds);
    const double end = i + 1 < parts.size() ? std::min(parts[i].end, parts[i + 1].begin) : parts[i].end;
    for (std::size_t label = 0; label < labels.size(); ++label) {
      if (!labels[label]) {
        open.erase(label);
        continue;
      }
      const auto [place, is_new] = open.try_emplace(label, stretches.size());
      if (is_new) stretches.push_back({parts[i].begin, end, label});
      stretches[place->second].end = end;
    }
    const bool has_gap = i + 1 < parts.size() && parts[i + 1].begin > parts[i].end + kRounding;
    if (has_gap) open.clear();
  }
  return stretches;
}

}  // namespace sonograd::models
