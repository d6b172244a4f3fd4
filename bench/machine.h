// What timings depend on, beside the code.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/peak.h"

namespace sonograd::bench {

/// The commit this was built from, `-dirty` with local changes; empty outside of a git checkout.
const char* commit();

/// Names and values to put beside every set of timings: processor, instruction set, threads, peaks, compiler,
/// commit, libraries.
std::vector<std::pair<std::string, std::string>> describe_machine(const Peak& peak);

}  // namespace sonograd::bench
