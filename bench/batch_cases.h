// Problems that are timed only: too slow for the reference, so not among tests/cases.
#pragma once

#include "tests/support/cases.h"

namespace sonograd::bench {

/// The front end of a training batch of the short-chunk networks: 16 chunks of 59,049 samples, transforms of 512
/// samples with a hop of 256, 128 bands.
std::vector<cases::TableCases> batch_cases();

}  // namespace sonograd::bench
