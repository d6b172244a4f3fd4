// Sets of timings, measured by Google Benchmark.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bench/chrome_trace.h"
#include "bench/peak.h"
#include "tensor/device/device.h"

namespace sonograd::bench {

struct SuiteOptions {
  std::vector<std::string> names;  ///< ops or networks to time; empty: all
  std::string filter;              ///< regular expression (ECMAScript) that a part of a row's name must match
  int repetitions = 3;             ///< repetitions of every row, >= 1
  double min_seconds = 0.1;        ///< least duration of a repetition
  bool all = false;                ///< kernels: include the small problems of the tests
  bool list_only = false;          ///< list the names of the rows, time nothing
  Device device;                   ///< device of the timings; peaks are measured for the CPU only
  /// Called between timings: when it returns false, the remaining ones are left out; empty: none are.
  std::function<bool()> keep_going;
  /// Called with the name of each row before it is timed.
  std::function<void(const std::string& row, std::size_t done, std::size_t total)> progress;
};

struct SuiteRow {
  std::string name;
  double seconds = 0;                      ///< duration of one call, median over the repetitions
  double spread = 0;                       ///< (slowest - fastest) / median
  std::map<std::string, double> counters;  ///< medians; see docs/benchmarks.md
};

struct SuiteResult {
  std::vector<SuiteRow> rows;
  std::string json;  ///< Google Benchmark's document: context, every repetition, counters
  Peak peak;
  std::vector<NamedProfile> profiles;  ///< models: profiles of some runs of every row
};

/// Times every op with every variant that supports the problem, on the problems of tests/cases that are layers of real
/// networks: rows OP/CASE/VARIANT. A name is an op (`conv2d_forward`) or the folder of several (`conv2d`). Throws
/// ConfigError for unknown names, an invalid filter and a filter without a match; Error in a build without Google
/// Benchmark.
SuiteResult time_kernels(const SuiteOptions& options);

/// Times training steps and inference of whole networks from waveforms, front end included: rows NETWORK/train/BATCH,
/// NETWORK/infer/BATCH and NETWORK/tag/BATCH (inference whose results do not depend on the batch). A name is NETWORK or
/// NETWORK:BATCH (default: 4, at least 2). Throws as `time_kernels` does.
SuiteResult time_models(const SuiteOptions& options);

}  // namespace sonograd::bench
