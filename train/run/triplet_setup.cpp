#include "train/run/triplet_setup.h"

#include <algorithm>

#include "audio/features.h"
#include "kernels/core/launch.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/eval/clip_features.h"

namespace sonograd::train {
namespace {

/// Means and deviations of the cepstra of each clip; without clips when the observer stopped it.
ClipVectors timbre_vectors(const models::ModelDraft& model, Device device, const TrainingData& data,
                           RunObserver& observer) {
  bool stopped = false;
  const ClipFeatures features =
      clip_features(*model.network, device, kCepstra, data.train, data.reader,
                    {.rule = models::ChunkRule::of(model.about, model.network->input()),
                     .workers = kernels::threads(),
                     .progress = [&](std::size_t done, std::size_t total) {
                       observer.on_prepare(done, total);
                       stopped = !observer.keep_going();
                       return !stopped;
                     }});
  ClipVectors vectors;
  if (stopped) return vectors;
  // The derivatives stand behind the cepstra.
  vectors.width = static_cast<std::size_t>(2 * audio::MfccOptions().n_mfcc);
  for (std::size_t i = 0; i < features.rows.size(); ++i) {
    const auto found = std::ranges::find(data.train.rows, features.rows[i]);
    vectors.clips.push_back(static_cast<std::size_t>(found - data.train.rows.begin()));
    const auto row = features.values.begin() + static_cast<std::ptrdiff_t>(i * features.width);
    vectors.values.insert(vectors.values.end(), row, row + static_cast<std::ptrdiff_t>(vectors.width));
  }
  standardise(vectors);
  return vectors;
}

void require_valid_triplets(const ClipList& valid) {
  if (valid.size() == 0 || !labels_with_triplets(valid).empty()) return;
  throw DataError(
      concat("the valid split has no label that two of its ", counted(valid.size(), "clip"),
             " have and a third one lacks, for triplets; `data.valid = none` trains without one"));
}

void warn_of_labels(const TrainingData& data, RunObserver& observer) {
  const std::vector<std::size_t> used = labels_with_triplets(data.train);
  std::vector<std::string> others;
  for (std::size_t label = 0; label < data.labels.size(); ++label)
    if (!std::ranges::binary_search(used, label)) others.push_back(data.labels.names()[label]);
  if (others.empty() || used.empty()) return;
  observer.on_warning(concat("no triplets of ", counted(others.size(), "label"),
                             ", which fewer than two training clips have, or all: ", listed(others, 3)));
}

}  // namespace

std::unique_ptr<TripletSampler> triplet_sampler(const Settings& settings, const models::ModelDraft& model,
                                                Device device, const TrainingData& data,
                                                RunObserver& observer) {
  const Settings::Triplet& rule = settings.triplet;
  require_valid_triplets(data.valid);
  const auto neighbours = static_cast<std::size_t>(rule.neighbours);
  switch (rule.sampling) {
    case TripletSampling::tag:
      warn_of_labels(data, observer);
      return tag_triplets(data.train, settings.train.label_weights);
    case TripletSampling::instance:
      return instance_triplets(data.train.size());
    case TripletSampling::latent:
      return near_triplets(latent_vectors(data.train, static_cast<std::size_t>(rule.factors)), neighbours);
    case TripletSampling::timbre:
      break;
  }
  ClipVectors vectors = timbre_vectors(model, device, data, observer);
  if (vectors.clips.empty()) return nullptr;
  return near_triplets(std::move(vectors), neighbours);
}

}  // namespace sonograd::train
