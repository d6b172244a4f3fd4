// Facts about machine and build that timings depend on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/peak.h"

namespace sonograd::bench {

/// Commit of this build, with `-dirty` after local changes; empty outside of a git checkout.
const char* commit();

/// Names and values for the context of timings: processor, instruction set, threads, precision, peaks, compiler, oneDNN,
/// commit.
std::vector<std::pair<std::string, std::string>> describe_machine(const Peak& peak);

}  // namespace sonograd::bench
