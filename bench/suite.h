// Sets of timings that Google Benchmark takes.
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
  std::vector<std::string> names;  ///< what to time; empty: everything
  std::string filter;              ///< regular expression (ECMAScript) that a part of a row's name must match
  int repetitions = 3;             ///< of every row; >= 1
  double min_seconds = 0.1;        ///< of every repetition
  bool all = false;                ///< kernels: the small problems of the tests too
  bool list_only = false;          ///< name the rows, time nothing
  Device device;                   ///< where to run; a GPU has no peaks to compare with
  /// Asked between timings: false leaves the rest of them out; empty: goes on.
  std::function<bool()> keep_going;
  /// Called with the name of each row before it is timed.
  std::function<void(const std::string& row, std::size_t done, std::size_t total)> progress;
};

struct SuiteRow {
  std::string name;
  double seconds = 0;                      ///< of one call, median over the repetitions
  double spread = 0;                       ///< (slowest - fastest) / median
  std::map<std::string, double> counters;  ///< medians; see docs/benchmarks.md
};

struct SuiteResult {
  std::vector<SuiteRow> rows;
  std::string json;  ///< Google Benchmark's document: context, every repetition, counters
  Peak peak;
  std::vector<NamedProfile> profiles;  ///< models: of some runs of every row
};

/// Every variant that can run of every op on the problems of tests/cases that are layers of real networks:
/// rows OP/CASE/VARIANT. A name is an op (`conv2d_forward`) or the folder of several (`conv2d`). Throws
/// ConfigError for unknown names, a broken filter and one that nothing matches; Error in a build without
/// Google Benchmark.
SuiteResult time_kernels(const SuiteOptions& options);

/// Training steps and inference of whole networks from waveforms, front end included: rows
/// NETWORK/train/BATCH and NETWORK/infer/BATCH. A name is NETWORK or NETWORK:BATCH (default: 4, at least 2).
/// Throws like `time_kernels`.
SuiteResult time_models(const SuiteOptions& options);

}  // namespace sonograd::bench
