// Profiles for chrome://tracing and Perfetto.
#pragma once

#include <span>
#include <string>

#include "kernels/core/profile.h"

namespace sonograd::bench {

struct NamedProfile {
  std::string name;  ///< empty: the only one
  kernels::Profile profile;
};

/// The Trace Event Format's JSON object: one complete event (`ph` X) per range, times in microseconds; `cat`
/// is op, launch or phase, `args` hold layer, variant, problem, GFLOP/s and GB/s. Each profile is a process
/// of its own.
std::string chrome_trace(std::span<const NamedProfile> profiles);

}  // namespace sonograd::bench
