#include "app/options/bench_options.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/options/number_range.h"
#include "app/options/output_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "bench/machine.h"
#include "tensor/io/output_file.h"

namespace sonograd::app {

void BenchOptions::add_to(CLI::App& app, const std::string& name_help) {
  app.add_option("NAME", suite.names, name_help);
  app.add_option("--filter", suite.filter,
                 "time the rows whose name contains a match of this regular expression")
      ->type_name("RE");
  app.add_option("--out", out, "write Google Benchmark's JSON to FILE, - for stdout instead of a table")
      ->type_name("FILE")
      ->check(output_file({".json"}, Extension::usual, Stream::permitted));
  app.add_option("--repetitions", suite.repetitions,
                 "measurements of every row: median and spread are over these")
      ->check(whole_number_from(1, 1000))
      ->capture_default_str();
  app.add_option("--min-time", suite.min_seconds, "seconds per measurement")
      ->check(number_from(0, 3600))
      ->capture_default_str();
  app.add_flag("--list", suite.list_only, "print the names of the rows without timing them");
  output.add_to(app);
  compute.add_to(app);
}

namespace {

void print_names(const bench::SuiteResult& result, const OutputFormat& output) {
  if (output.json) {
    nlohmann::ordered_json object = {{"rows", nlohmann::ordered_json::array()}};
    for (const bench::SuiteRow& row : result.rows) object["rows"].push_back(row.name);
    return print_data("{}\n", object.dump());
  }
  if (output.format == "table") {
    for (const bench::SuiteRow& row : result.rows) print_data("{}\n", row.name);
    return;
  }
  Table table({"row"}, output.format);
  for (const bench::SuiteRow& row : result.rows) table.add({row.name});
  table.finish();
}

// The conditions of a table of timings.
void print_machine(const bench::Peak& peak) {
  for (const auto& [name, value] : bench::describe_machine(peak)) print_remark("{}: {}\n", name, value);
}

}  // namespace

int run_suite(BenchOptions options, const Suite& suite,
              const std::function<void(const bench::SuiteResult&)>& print_table) {
  if (options.suite.list_only) {
    print_names(suite(options.suite), options.output);
    return kOk;
  }
  catch_interrupts();
  options.suite.keep_going = [] { return !interrupted(); };
  const bool prints_document = options.out == "-";
  std::optional<io::OutputFile> file;
  if (!options.out.empty() && !prints_document) file.emplace(options.out);
  std::optional<Progress> progress;
  options.suite.progress = [&](const std::string& row, std::size_t done, std::size_t total) {
    const bool enabled = !options.compute.quiet && !options.compute.no_progress;
    if (!progress) progress.emplace("timing", "rows", static_cast<std::int64_t>(total), enabled);
    progress->update(static_cast<std::int64_t>(done), row);
  };
  const bench::SuiteResult result = suite(options.suite);
  if (progress) progress->clear();
  if (interrupted()) return kInterrupted;
  if (file) {
    file->write(result.json);
    file->commit();
  }
  if (!options.compute.quiet) print_machine(result.peak);
  options.output.json || prints_document ? print_data("{}", result.json) : print_table(result);
  return kOk;
}

std::string counter_text(const bench::SuiteRow& row, const char* name, int digits, double factor) {
  const auto found = row.counters.find(name);
  return found == row.counters.end() ? "" : fmt::format("{:.{}f}", factor * found->second, digits);
}

std::string percent_text(const bench::SuiteRow& row, const char* name) {
  const std::string text = counter_text(row, name, 1, 100);
  return text.empty() ? text : text + '%';
}

}  // namespace sonograd::app
