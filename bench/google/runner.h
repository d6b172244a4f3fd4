// Runs a list of timed functions, with rows and a JSON document as the result.
#pragma once

#include <benchmark/benchmark.h>
#include <functional>
#include <string>
#include <vector>

#include "bench/suite.h"

namespace sonograd::bench {

struct Timing {
  std::string name;
  benchmark::TimeUnit unit;
  std::function<void(benchmark::State&)> run;
};

/// Runs the timings that the filter selects, in order. Throws ConfigError when it selects none.
SuiteResult run_timings(const std::vector<Timing>& timings, const SuiteOptions& options, const Peak& peak);

/// A rate from an amount per call: flops per call become flops per second.
inline benchmark::Counter per_second(double amount_per_call) {
  return benchmark::Counter(amount_per_call, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace sonograd::bench
