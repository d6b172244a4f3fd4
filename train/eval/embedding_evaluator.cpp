#include "train/eval/embedding_evaluator.h"

#include <algorithm>
#include <numeric>

#include "models/core/model_error.h"
#include "train/data/distance.h"
#include "train/data/triplets.h"
#include "train/eval/clip_features.h"

namespace sonograd::train {
namespace {

/// Clips of the list that have features, in the order of the features.
ClipList with_features(const ClipList& clips, const ClipFeatures& features) {
  ClipList kept;
  kept.labels = clips.labels;
  kept.task = clips.task;
  std::size_t at = 0;
  for (const std::size_t row : features.rows) {
    while (clips.rows[at] != row) ++at;
    kept.rows.push_back(row);
    kept.paths.push_back(clips.paths[at]);
    kept.files.push_back(clips.files[at]);
    kept.targets.insert(kept.targets.end(), clips.target(at).begin(), clips.target(at).end());
  }
  return kept;
}

/// Adds triplet accuracy and loss.
void score_triplets(Evaluation& result, const MetricRecord& metric, const ClipList& clips,
                    std::span<const float> vectors, std::span<const float> units, std::size_t width) {
  if (clips.size() == 0 || labels_with_triplets(clips).empty()) return;
  const std::unique_ptr<TripletSampler> sampler = tag_triplets(clips, LabelWeights::none);
  double loss = 0;
  std::size_t right = 0;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    Random random({.example = static_cast<std::uint32_t>(clips.rows[i]), .stream = RandomStream::triplet});
    const ClipTriplet triplet = sampler->draw(i, random);
    const auto distance = [&](std::span<const float> rows, std::size_t other) {
      return distance_of(rows.subspan(triplet.anchor * width, width), rows.subspan(other * width, width),
                         metric.distance);
    };
    right += distance(units, triplet.positive) < distance(units, triplet.negative);
    loss += std::max(
        0.0, distance(vectors, triplet.positive) - distance(vectors, triplet.negative) + metric.margin);
  }
  const auto count = static_cast<double>(clips.size());
  result.retrieval->triplets = clips.size();
  result.retrieval->triplet_accuracy = static_cast<double>(right) / count;
  result.loss = loss / count;
}

}  // namespace

std::optional<Evaluation> evaluate_embedding(const models::Network& network, const MetricRecord& metric,
                                             const ClipList& clips, const ClipReader& reader,
                                             const EvaluateOptions& options) {
  if (static_cast<std::size_t>(network.labels()) != clips.labels)
    throw models::ModelError(
        concat("the model has ", network.labels(), " labels, the data set has ", clips.labels));
  bool stopped = false;
  const ClipFeatures features = clip_features(network, options.device, metric.output, clips, reader,
                                              {.rule = options.rule,
                                               .batch = options.batch,
                                               .workers = options.workers,
                                               .progress = [&](std::size_t done, std::size_t total) {
                                                 stopped = options.progress && !options.progress(done, total);
                                                 return !stopped;
                                               }});
  if (stopped) return std::nullopt;
  const ClipList kept = with_features(clips, features);
  Evaluation result;
  result.rows = kept.rows;
  result.targets = kept.targets;
  result.unreadable = features.unreadable;
  std::vector<float> units = features.values;
  scale_to_unit_length(units, features.width);
  result.retrieval = recall_of(units, kept.targets, kept.labels);
  score_triplets(result, metric, kept, features.values, units, features.width);
  return result;
}

}  // namespace sonograd::train
