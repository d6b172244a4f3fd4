#include "bench/google/runner.h"

#include <algorithm>
#include <iostream>
#include <regex>
#include <sstream>

#include "bench/machine.h"
#include "bench/statistics.h"
#include "tensor/support/error.h"

namespace sonograd::bench {
namespace {

using benchmark::BenchmarkReporter;

std::vector<Timing> select(const std::vector<Timing>& timings, const std::string& filter) {
  std::vector<Timing> selected;
  try {
    const std::regex pattern(filter);
    for (const Timing& timing : timings) {
      if (std::regex_search(timing.name, pattern)) selected.push_back(timing);
    }
  } catch (const std::regex_error& error) {
    throw ConfigError(concat("--filter ", filter, ": ", error.what()));
  }
  if (selected.empty()) throw ConfigError(concat("--filter ", filter, ": no row matches"));
  return selected;
}

// Writes Google Benchmark's JSON and keeps the rows. The settings of the measurement, which the library appends to names,
// are removed, so that files made with other settings can be compared.
class Reporter : public BenchmarkReporter {
 public:
  Reporter(const SuiteOptions& options, const std::vector<Timing>& timings)
      : options_(options), timings_(timings) {
    json_.SetOutputStream(&text_);
    json_.SetErrorStream(&text_);
  }

  bool ReportContext(const Context& context) override {
    announce();
    return json_.ReportContext(context);
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> renamed = runs;
    for (Run& run : renamed) {
      const std::string name = run.run_name.function_name;
      run.run_name = {};
      run.run_name.function_name = name;
    }
    json_.ReportRuns(renamed);
    if (runs.front().run_type != Run::RT_Iteration) return;
    add_row(renamed);
    announce();
  }

  void Finalize() override { json_.Finalize(); }

  std::vector<SuiteRow> rows() const { return rows_; }
  std::string json() const { return text_.str(); }

 private:
  void announce() const {
    if (options_.progress && rows_.size() < timings_.size()) {
      options_.progress(timings_[rows_.size()].name, rows_.size(), timings_.size());
    }
  }

  void add_row(const std::vector<Run>& runs) {
    std::vector<double> seconds;
    std::map<std::string, std::vector<double>> counters;
    for (const Run& run : runs) {
      seconds.push_back(run.GetAdjustedRealTime() / benchmark::GetTimeUnitMultiplier(run.time_unit));
      for (const auto& [name, counter] : run.counters) counters[name].push_back(counter.value);
    }
    SuiteRow row{runs.front().run_name.function_name, median(seconds), spread(seconds), {}};
    for (const auto& [name, values] : counters) row.counters[name] = median(values);
    rows_.push_back(std::move(row));
  }

  const SuiteOptions& options_;
  const std::vector<Timing>& timings_;
  std::ostringstream text_;
  benchmark::JSONReporter json_;
  std::vector<SuiteRow> rows_;
};

void set_options(const SuiteOptions& options) {
  std::vector<std::string> words = {"sonograd", concat("--benchmark_repetitions=", options.repetitions),
                                    concat("--benchmark_min_time=", options.min_seconds)};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  benchmark::Initialize(&argc, argv.data());
}

}  // namespace

SuiteResult run_timings(const std::vector<Timing>& timings, const SuiteOptions& options, const Peak& peak) {
  const std::vector<Timing> selected = select(timings, options.filter);
  if (options.list_only) {
    SuiteResult names;
    for (const Timing& timing : selected) names.rows.push_back({.name = timing.name});
    return names;
  }
  set_options(options);
  for (const auto& [name, value] : describe_machine(peak)) benchmark::AddCustomContext(name, value);
  benchmark::AddCustomContext("device", options.device.name());
  for (const Timing& timing : selected) {
    const auto run = [&](benchmark::State& state) {
      if (options.keep_going && !options.keep_going()) return state.SkipWithError("stopped");
      timing.run(state);
    };
    benchmark::RegisterBenchmark(timing.name.c_str(), run)->UseRealTime()->Unit(timing.unit);
  }
  Reporter reporter(options, selected);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
  return {reporter.rows(), reporter.json(), peak};
}

}  // namespace sonograd::bench
