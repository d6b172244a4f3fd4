// Requirements of a run that concern data and several settings together.
#pragma once

#include <string_view>

#include "models/core/network.h"
#include "train/config/settings.h"
#include "train/data/dataset.h"

namespace sonograd::train {

/// Throws DataError when the part has fewer readable clips than `least`.
void require_clips(const ClipList& clips, std::string_view part, std::size_t least);

/// Throws DataError when exactly one label applies at a time and the training clips have one only: there is nothing to learn.
void require_two_classes(const Dataset& dataset);

/// Throws ConfigError for a network whose labels exclude each other in a task where they do not, and, with labels that have times, for a
/// network without steps and for settings of whole clips; with triplets, for an output that the network lacks and for settings of logits.
void require_suitable(const models::Network& network, const Settings& settings, const LabelSet& labels);

}  // namespace sonograd::train
