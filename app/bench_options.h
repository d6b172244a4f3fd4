// What `bench kernels` and `bench models` share: options, progress, the file.
#pragma once

#include "app/compute_options.h"
#include "app/table.h"
#include "bench/suite.h"

namespace sonograd::app {

struct BenchOptions {
  bench::SuiteOptions suite;
  std::string out;  ///< file for the JSON document; empty: none
  OutputFormat output;
  ComputeOptions compute;

  /// `name_help` says what a NAME is.
  void add_to(CLI::App& app, const std::string& name_help);
};

/// Times, writes `--out`, prints the document with `--json`. The result is for a table. Throws IoError before
/// the first timing when the file cannot be written.
bench::SuiteResult run_suite(BenchOptions& options, bench::SuiteResult (*suite)(const bench::SuiteOptions&));

/// The machine on stderr: what a table of timings needs beside it.
void print_machine(const bench::Peak& peak);

/// A counter of a row with `digits` behind the point; empty when the row has none.
std::string counter_text(const bench::SuiteRow& row, const char* name, int digits, double factor = 1);
/// The same for a share, in percent.
std::string percent_text(const bench::SuiteRow& row, const char* name);

}  // namespace sonograd::app
