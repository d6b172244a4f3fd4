// `sonograd bench kernels`: timings of every variant of every op, beside the peaks of the machine.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands/command.h"
#include "app/commands/profile_report.h"
#include "app/options/bench_options.h"

namespace sonograd::app {
namespace {

int bench_kernels(BenchOptions options) {
  const train::KernelChoice choice = options.compute.settings().kernels;
  if (choice != train::KernelChoice::by_order) {
    throw ConfigError(concat("--kernels ", word_of(choice),
                             ": bench kernels times every variant; expected --kernels default"));
  }
  options.suite.device = options.compute.apply();
  options.compute.announce(options.suite.device);
  return run_suite(options, bench::time_kernels, [&](const bench::SuiteResult& result) {
    Table table({"op/case/variant", "us", "spread", "GFLOP/s", "GB/s", "of peak", "of roofline"},
                options.output.format);
    for (const bench::SuiteRow& row : result.rows) {
      table.add({row.name, fmt::format("{:.2f}", 1e6 * row.seconds), fmt::format("{:.1f}%", 100 * row.spread),
                 counter_text(row, "gflops", 2), counter_text(row, "gbytes", 2),
                 percent_text(row, "peak_share"), percent_text(row, "roofline_share")});
    }
    table.finish();
  });
}

}  // namespace

Command bench_kernels_command() {
  return {
      "bench kernels", "time every variant of every operation", [](CLI::App& app) {
        auto options = std::make_shared<BenchOptions>();
        options->add_to(app, "operations (conv2d_forward), or parts of their names (conv2d); default: all");
        app.add_flag("--all", options->suite.all,
                     "the small problems of the tests too, not only real layers");
        return [options] { return run_profiled(options->compute, [&] { return bench_kernels(*options); }); };
      }};
}

}  // namespace sonograd::app
