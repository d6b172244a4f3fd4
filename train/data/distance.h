// Distances of embeddings.
#pragma once

#include <span>

#include "train/config/words.h"

namespace sonograd::train {

/// d(a, b) of vectors of one length, in double: 1 - cosine, where a vector of zeros has the cosine 0 with any other, or the length of the
/// difference.
double distance_of(std::span<const float> a, std::span<const float> b, TripletDistance distance);

}  // namespace sonograd::train
