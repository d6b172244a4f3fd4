#include "app/options/compute_options.h"

#include <thread>

#include "app/doctor/checks.h"
#include "app/options/stream_argument.h"
#include "app/terminal/output.h"
#include "kernels/core/choose_precision.h"
#include "kernels/core/launch.h"
#include "kernels/core/processor.h"
#include "kernels/core/select.h"
#include "kernels/core/simd.h"
#include "tensor/support/cache_folder.h"

namespace sonograd::app {
namespace {

// What runs, on what, with which libraries, and where it keeps things.
void describe_program() {
  print_remark("sonograd {}, {}, {} instructions\n", SONOGRAD_VERSION, kernels::processor_name(),
               kernels::simd_name());
  doctor::Problems unasked;
  for (const doctor::LibraryCheck& library : doctor::check_libraries(unasked)) {
    if (!library.version.empty()) print_remark("library: {} {}\n", library.name, library.version);
  }
  print_remark("decoded clips are kept in {}\n", cache_folder("pcm").string());
}

}  // namespace

void ComputeOptions::add_to(CLI::App& app) {
  const std::string group = "Computing";
  app.add_option("--device", device, "auto, cpu, cuda:N or emulated")
      ->envname("SONOGRAD_TRAIN_DEVICE")
      ->capture_default_str()
      ->group(group);
  app.add_option("--threads", threads, "CPU threads (default: all cores)")
      ->check(CLI::Range(1, 1024))
      ->envname("SONOGRAD_TRAIN_THREADS")
      ->group(group);
  app.add_option("--precision", precision,
                 "strict (IEEE float32), tf32 or bf16, where a device has them: the cpu computes in strict")
      ->envname("SONOGRAD_TRAIN_PRECISION")
      ->capture_default_str()
      ->group(group);
  app.add_option("--kernel", kernels, "OP=VARIANT: use this kernel for an operation (repeatable)")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option(
         "--kernels", choice,
         "default: of each operation, the last variant that has no objection; fastest: the first calls of "
         "each shape are timed, and the choice is kept for later runs")
      ->check(CLI::IsMember({"default", "fastest"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--profile", profile, "print where time went, and write a Chrome trace to FILE")
      ->type_name("FILE")
      ->check(not_a_stream)
      ->group(group);
  app.add_option("--seed", seed, "seed of all random numbers")
      ->envname("SONOGRAD_TRAIN_SEED")
      ->capture_default_str()
      ->group(group);
  auto* const more =
      app.add_flag("-v,--verbose", verbose,
                   "say on stderr what runs where, which kernels were chosen, and how long each part took")
          ->group(group);
  app.add_flag("-q,--quiet", quiet, "only errors on stderr")->excludes(more)->group(group);
  app.add_flag("--no-progress", no_progress, "no progress on stderr")->group(group);
}

void ComputeOptions::apply_kernels() const {
  for (const std::string& assignment : kernels) kernels::pin_kernel(assignment);
  if (verbose) {
    kernels::log_choices();
    describe_program();
  }
}

Device ComputeOptions::apply() const {
  apply_kernels();
  kernels::set_threads(threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency()));
  const Device chosen = Device::parse(device);
  const std::string_view arithmetic = name_of(kernels::choose_precision(precision, chosen));
  if (verbose || (!quiet && device == "auto")) print_remark("device: {}\n", chosen.name());
  if (arithmetic != precision && !quiet)
    print_remark("note: the device {} computes in {} float32, also with --precision {}\n", chosen.name(),
                 arithmetic, precision);
  if (verbose) print_remark("{} threads, {} arithmetic\n", kernels::threads(), arithmetic);
  return chosen;
}

}  // namespace sonograd::app
