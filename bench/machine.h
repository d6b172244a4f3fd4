// What a table of timings needs beside it.
#pragma once

#include "bench/peak.h"

namespace sonograd::bench {

/// Measures the peaks and puts them, the number of threads and the instruction set at the head of Google
/// Benchmark's output.
Peak describe_machine();

}  // namespace sonograd::bench
