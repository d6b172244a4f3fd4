// `sonograd bench models`: training steps and inference of whole networks, and where their time goes.
#include <CLI/CLI.hpp>
#include <optional>

#include "app/commands/command.h"
#include "app/commands/profile_report.h"
#include "app/options/bench_options.h"
#include "app/options/kernel_choices.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "tensor/io/output_file.h"

namespace sonograd::app {
namespace {

// The wide convolutions of all networks of a mode together.
void print_wide_convolutions(const bench::SuiteResult& result, const std::string& mode) {
  double gflop = 0, seconds = 0;
  for (const bench::SuiteRow& row : result.rows) {
    if (row.name.find(concat('/', mode, '/')) == std::string::npos ||
        !row.counters.contains("wide_conv_gflop"))
      continue;
    gflop += row.counters.at("wide_conv_gflop");
    seconds += row.counters.at("wide_conv_seconds");
  }
  if (seconds == 0) return;
  print_remark(
      "{}: convolutions with >= 64 channels together: {:.0f} GFLOP/s, {:.1f}% of the measured peak\n", mode,
      gflop / seconds, 100e9 * gflop / seconds / result.peak.flops);
}

void print_rows(const bench::SuiteResult& result, const std::string& format) {
  Table table({"network/mode/batch", "ms", "spread", "clips/s", "GFLOP/s", "GB/s", "of peak", "load",
               "front end", "forward", "backward", "optimizer", "wide convs of peak", "of batched"},
              format);
  for (const bench::SuiteRow& row : result.rows) {
    table.add({row.name, fmt::format("{:.2f}", 1e3 * row.seconds), fmt::format("{:.1f}%", 100 * row.spread),
               counter_text(row, "clips_per_second", 2), counter_text(row, "gflops", 1),
               counter_text(row, "gbytes", 2), percent_text(row, "peak_share"),
               percent_text(row, "load_share"), percent_text(row, "front_end_share"),
               percent_text(row, "forward_share"), percent_text(row, "backward_share"),
               percent_text(row, "optimizer_share"), percent_text(row, "wide_conv_peak_share"),
               percent_text(row, "batched_speed_share")});
  }
  table.finish();
}

int bench_models(BenchOptions options) {
  options.suite.device = options.compute.apply();
  options.compute.announce(options.suite.device);
  const KernelChoices choices(options.compute);
  std::optional<io::OutputFile> trace;
  if (!options.compute.profile.empty()) trace.emplace(options.compute.profile);
  const auto time = [&](const bench::SuiteOptions& suite) {
    bench::SuiteResult result = bench::time_models(suite);
    if (trace && !interrupted()) report_profiles(result.profiles, result.peak, *trace);
    return result;
  };
  return run_suite(options, time, [&](const bench::SuiteResult& result) {
    print_rows(result, options.output.format);
    for (const char* mode : {"train", "infer", "tag"}) print_wide_convolutions(result, mode);
  });
}

}  // namespace

Command bench_models_command() {
  return {"bench models", "time training steps and inference of whole networks", [](CLI::App& app) {
            auto options = std::make_shared<BenchOptions>();
            options->add_to(app, "NETWORK or NETWORK:BATCH (default: all networks, batch 4)");
            return [options] { return bench_models(*options); };
          }};
}

}  // namespace sonograd::app
