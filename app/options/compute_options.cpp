#include "app/options/compute_options.h"

#include <CLI/CLI.hpp>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "app/doctor/checks.h"
#include "app/options/output_argument.h"
#include "app/terminal/output.h"
#include "kernels/core/choose_precision.h"
#include "kernels/core/launch.h"
#include "kernels/core/processor.h"
#include "kernels/core/select.h"
#include "kernels/core/simd.h"
#include "tensor/support/cache_folder.h"
#include "tensor/support/core_budget.h"
#include "train/config/config.h"

namespace sonograd::app {
namespace {

/// Threads for each core from which on the time that every operation waits for all of them is longer than its work.
constexpr int kMostPerCore = 16;

constexpr std::pair<const char*, std::string_view> kComputeSettings[] = {
    {"--device", "train.device"}, {"--threads", "train.threads"}, {"--precision", "train.precision"},
    {"--kernel", "train.kernel"}, {"--kernels", "train.kernels"}, {"--seed", "train.seed"}};

// Version, processor, libraries and cache folder, on stderr.
void describe_program() {
  print_remark("sonograd {}, {}, {} instructions\n", SONOGRAD_VERSION, kernels::processor_name(),
               kernels::simd_name());
  doctor::Problems unasked;
  for (const doctor::LibraryCheck& library : doctor::check_libraries(unasked)) {
    if (!library.version.empty()) print_remark("library: {} {}\n", library.name, library.version);
  }
  print_remark("cache of decoded clips: {}\n", cache_folder("pcm").string());
}

void warn_of_misspelt_variables() {
  for (const char* const* entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string problem = train::misspelt_variable(std::string(text.substr(0, text.find('='))));
    if (!problem.empty()) print_remark("warning: {}\n", problem);
  }
}

}  // namespace

void ComputeOptions::add_to(CLI::App& app) {
  const std::string group = "Computing";
  for (const auto& [flag, key] : kComputeSettings) flags.add(app, flag, key).group(group);
  app.add_option("--profile", profile,
                 "print a profile by phase, operation and layer, and write a Chrome trace to FILE")
      ->type_name("FILE")
      ->check(output_file({".json"}, Extension::usual))
      ->group(group);
  auto* const more =
      app.add_flag("-v,--verbose", verbose,
                   "print device, libraries, chosen kernels and the time of each part on stderr")
          ->group(group);
  app.add_flag("-q,--quiet", quiet, "only errors on stderr")->excludes(more)->group(group);
  app.add_flag("--no-progress", no_progress, "no progress on stderr")->group(group);
}

void ComputeOptions::apply_kernels() const {
  for (const std::string& assignment : settings().kernel) kernels::pin_kernel(assignment);
  if (verbose) {
    kernels::log_choices();
    describe_program();
  }
}

Device ComputeOptions::apply() const {
  if (!quiet) warn_of_misspelt_variables();
  apply_kernels();
  const auto threads = static_cast<int>(settings().threads);
  const int cores = core_budget().cores;
  const int wanted = threads > 0 ? threads : cores;
  if (wanted / cores > kMostPerCore && !quiet) {
    print_remark("warning: {} threads on {} cores: every operation waits for all of them; fewer are faster\n",
                 wanted, cores);
  }
  kernels::set_threads(wanted);
  if (kernels::threads() < wanted && !quiet) {
    print_remark("warning: {} of {} threads; the system allows no more (ulimit -u, OMP_THREAD_LIMIT)\n",
                 kernels::threads(), wanted);
  }
  const Device chosen = Device::parse(settings().device);
  const std::string_view asked = word_of(settings().precision);
  const std::string_view arithmetic = name_of(kernels::choose_precision(asked, chosen));
  if (verbose) print_remark("device: {}\n", chosen.name());
  if (arithmetic != asked && !quiet)
    print_remark("note: the device {} computes in {} float32, also with --precision {}\n", chosen.name(),
                 arithmetic, asked);
  if (verbose) print_remark("{} threads, {} arithmetic\n", kernels::threads(), arithmetic);
  return chosen;
}

void ComputeOptions::announce(Device device) const {
  if (!verbose && !quiet && settings().device == "auto") print_remark("device: {}\n", device.name());
}

}  // namespace sonograd::app
