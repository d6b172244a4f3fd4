// Problems that are timed only: too slow for the reference, so not among tests/cases.
#pragma once

#include "tests/support/cases.h"

namespace sonograd::bench {

/// Parts of a training step of short_chunk_cnn: the front end of its batch (16 chunks of 59,049 samples, transforms
/// of 512 samples with a hop of 256, 128 bands) and the update of its parameters.
std::vector<cases::TableCases> batch_cases();

}  // namespace sonograd::bench
