// `sonograd bench compare`: rows that became slower.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/options/number_range.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "bench/compare.h"

namespace sonograd::app {
namespace {

struct BenchCompareOptions {
  std::string before, after;
  double least_noise = 0.03;
  OutputFormat output;
};

const char* name_of(bench::Verdict verdict) {
  switch (verdict) {
    case bench::Verdict::same:
      return "same";
    case bench::Verdict::faster:
      return "faster";
    case bench::Verdict::slower:
      return "slower";
  }
  return "?";
}

void print_json(const bench::Comparison& comparison) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const bench::ComparedRow& row : comparison.rows) {
    rows.push_back({{"name", row.name},
                    {"before_seconds", row.before},
                    {"after_seconds", row.after},
                    {"change", row.change},
                    {"noise", row.noise},
                    {"verdict", name_of(row.verdict)}});
  }
  const nlohmann::ordered_json object = {{"regressions", comparison.regressions()},
                                         {"rows", rows},
                                         {"only_before", comparison.only_before},
                                         {"only_after", comparison.only_after},
                                         {"busy", comparison.busy},
                                         {"machine_differences", comparison.differences}};
  print_data("{}\n", object.dump());
}

void print_table(const bench::Comparison& comparison, const std::string& format) {
  Table table({"row", "before ms", "after ms", "change", "noise", "verdict"}, format);
  const auto percent = [](double share) { return fmt::format("{:.1f}%", 100 * share); };
  for (const bench::ComparedRow& row : comparison.rows) {
    table.add({row.name, fmt::format("{:.4f}", 1e3 * row.before), fmt::format("{:.4f}", 1e3 * row.after),
               (row.change > 0 ? "+" : "") + percent(row.change), percent(row.noise), name_of(row.verdict)});
  }
  table.finish();
}

int compare(const BenchCompareOptions& options) {
  const bench::Comparison comparison = bench::compare(options.before, options.after, options.least_noise);
  for (const std::string& load : comparison.busy)
    print_remark("warning: measured on a busy machine, so that changes may be those of its load: {}\n", load);
  for (const std::string& difference : comparison.differences)
    print_remark("measured differently: {}\n", difference);
  if (options.output.json) {
    print_json(comparison);
  } else {
    print_table(comparison, options.output.format);
    for (const std::string& row : comparison.only_before)
      print_remark("only in {}: {}\n", options.before, row);
    for (const std::string& row : comparison.only_after) print_remark("only in {}: {}\n", options.after, row);
  }
  const std::int64_t regressions = comparison.regressions();
  if (regressions == 0) return kOk;
  print_remark("sonograd: {} of {} rows became slower than their noise\n", regressions,
               comparison.rows.size());
  return kRegression;
}

}  // namespace

Command bench_compare_command() {
  return {"bench compare", "compare two files of timings; exit code 7 on a regression", [](CLI::App& app) {
            auto options = std::make_shared<BenchCompareOptions>();
            app.add_option("BEFORE", options->before, "JSON file of `sonograd bench ... --out`, - for stdin")
                ->required();
            app.add_option("AFTER", options->after, "another one")->required();
            app.add_option("--noise", options->least_noise,
                           "least change that counts as a regression, as a share")
                ->check(number_from(0, 10))
                ->capture_default_str();
            options->output.add_to(app);
            return [options] { return compare(*options); };
          }};
}

}  // namespace sonograd::app
