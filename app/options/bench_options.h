// Options, progress and output file of `bench kernels` and `bench models`.
#pragma once

#include <functional>

#include "app/options/compute_options.h"
#include "app/terminal/table.h"
#include "bench/suite.h"

namespace sonograd::app {

struct BenchOptions {
  bench::SuiteOptions suite;
  std::string out;  ///< file for the JSON document, - for stdout; empty: none
  OutputFormat output;
  ComputeOptions compute;

  /// `name_help`: help of the argument NAME.
  void add_to(CLI::App& app, const std::string& name_help);
};

using Suite = std::function<bench::SuiteResult(const bench::SuiteOptions&)>;

/// Times, writes `--out`, and prints the document with `--json`, else calls `print_table`; or prints the
/// names of the rows with `--list`. Returns the exit code: nothing is written after an interruption. Throws IoError
/// before the first timing when the file cannot be written.
int run_suite(BenchOptions options, const Suite& suite,
              const std::function<void(const bench::SuiteResult&)>& print_table);

/// A counter of a row with `digits` behind the point; empty when the row has none.
std::string counter_text(const bench::SuiteRow& row, const char* name, int digits, double factor = 1);
/// The same for a share, in percent.
std::string percent_text(const bench::SuiteRow& row, const char* name);

}  // namespace sonograd::app
