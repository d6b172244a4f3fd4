#include "train/eval/thresholds.h"

#include <algorithm>
#include <functional>

namespace sonograd::train {
namespace {

struct Clip {
  float score;
  bool positive;
};

double best_threshold(std::vector<Clip> clips) {
  std::ranges::sort(clips, std::greater(), &Clip::score);
  const auto positives = static_cast<double>(std::ranges::count(clips, true, &Clip::positive));
  double threshold = 0.5, best_f1 = 0, hits = 0;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    hits += clips[i].positive;
    if (i + 1 < clips.size() && clips[i + 1].score == clips[i].score) continue;
    const double f1 = 2 * hits / (static_cast<double>(i + 1) + positives);
    if (f1 > best_f1) {
      best_f1 = f1;
      threshold = clips[i].score;
    }
  }
  return threshold;
}

}  // namespace

std::vector<double> best_thresholds(const Evaluation& evaluation) {
  const std::size_t labels = evaluation.tags.tags.size();
  std::vector<double> thresholds;
  for (std::size_t label = 0; label < labels; ++label) {
    std::vector<Clip> clips;
    for (std::size_t i = label; i < evaluation.scores.size(); i += labels) {
      clips.push_back({evaluation.scores[i], evaluation.targets[i] >= kPositiveGrade});
    }
    thresholds.push_back(best_threshold(std::move(clips)));
  }
  return thresholds;
}

}  // namespace sonograd::train
