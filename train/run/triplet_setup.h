// The triplets of a run.
#pragma once

#include <memory>

#include "train/run/trainer.h"

namespace sonograd::train {

/// The sampler of `settings.triplet` for the training clips; for `timbre` it reads them. Warns of labels that give no triplets. Null when the
/// observer stopped it. Throws DataError when the training or the validation clips have no label that gives triplets, or are too few.
std::unique_ptr<TripletSampler> triplet_sampler(const Settings& settings, const models::ModelDraft& model,
                                                Device device, const TrainingData& data,
                                                RunObserver& observer);

}  // namespace sonograd::train
