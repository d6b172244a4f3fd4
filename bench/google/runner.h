// From a list of timed functions to rows and a JSON document.
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

/// Runs those that the filter selects, in their order. Throws ConfigError when that is none.
SuiteResult run_timings(const std::vector<Timing>& timings, const SuiteOptions& options, const Peak& peak);

/// A counter out of an amount per call: 3 GFLOP per call become GFLOP/s.
inline benchmark::Counter per_second(double amount_per_call) {
  return benchmark::Counter(amount_per_call, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace sonograd::bench
