#include "app/options/kernel_choices.h"

#include <string>

#include "app/terminal/output.h"
#include "kernels/core/processor.h"
#include "kernels/core/simd.h"
#include "tensor/support/cache_folder.h"
#include "tensor/support/error.h"
#include "train/run/kernel_choices.h"

namespace sonograd::app {
namespace {

// Processor and build in one line. The build is this program's file: a new one has another size or time.
std::string machine() {
  const std::filesystem::path program = "/proc/self/exe";
  return concat(kernels::processor_name(), ", ", kernels::simd_name(),
                ", sonograd " SONOGRAD_VERSION ", build ", std::filesystem::file_size(program), '-',
                std::filesystem::last_write_time(program).time_since_epoch().count());
}

}  // namespace

KernelChoices::KernelChoices(const ComputeOptions& options) : quiet_(options.quiet) {
  if (options.settings().kernels != train::KernelChoice::fastest) return;
  const std::filesystem::path folder = cache_folder("kernels");
  if (!folder.empty()) file_ = folder / "fastest.tsv";
  try {
    if (!file_.empty()) known_ = train::read_kernel_choices(file_, machine());
  } catch (const Error& error) {
    if (!quiet_) print_remark("note: {}; measuring anew\n", error.what());
  }
  kernels::choose_fastest(known_);
}

KernelChoices::~KernelChoices() {
  if (file_.empty()) return;
  try {
    const std::vector<kernels::FastestChoice> choices = kernels::fastest_choices();
    if (choices != known_) train::write_kernel_choices(file_, machine(), choices);
  } catch (const std::exception& error) {
    if (!quiet_) print_remark("note: the fastest kernels are not stored: {}\n", error.what());
  }
}

}  // namespace sonograd::app
