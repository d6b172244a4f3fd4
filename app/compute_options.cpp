#include "app/compute_options.h"

#include <thread>

#include "app/output.h"
#include "kernels/core/launch.h"
#include "kernels/core/select.h"

namespace sonograd::app {

void ComputeOptions::add_to(CLI::App& app) {
  const std::string group = "Computing";
  app.add_option("--device", device, "auto, cpu, cuda:N or emulated")->capture_default_str()->group(group);
  app.add_option("--threads", threads, "CPU threads (default: all cores)")
      ->check(CLI::Range(1, 1024))
      ->group(group);
  app.add_option("--precision", precision, "strict (IEEE float32), tf32 or bf16")
      ->capture_default_str()
      ->group(group);
  app.add_option("--kernel", kernels, "OP=VARIANT: use this kernel for an operation (repeatable)")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--kernels", choice, "default: of each operation, the last variant that has no objection")
      ->check(CLI::IsMember({"default"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--profile", profile, "print where time went, and write a Chrome trace to FILE")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--seed", seed, "seed of all random numbers")->capture_default_str()->group(group);
  app.add_flag("-v,--verbose", verbose, "say more on stderr")->group(group);
  app.add_flag("-q,--quiet", quiet, "only errors on stderr")->group(group);
  app.add_flag("--no-progress", no_progress, "no progress on stderr")->group(group);
}

void ComputeOptions::apply_kernels() const {
  for (const std::string& assignment : kernels) kernels::pin_kernel(assignment);
}

Device ComputeOptions::apply() const {
  apply_kernels();
  kernels::set_threads(threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency()));
  kernels::set_precision(kernels::parse_precision(precision));
  try {
    const Device chosen = Device::parse(device);
    if (!quiet && device == "auto") print_remark("device: {}\n", chosen.name());
    return chosen;
  } catch (const DeviceError& error) {
    throw DeviceUnavailable(error.what());
  }
}

}  // namespace sonograd::app
