// `--kernels fastest`: the choices of earlier runs, and those of this one for later runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/options/compute_options.h"
#include "kernels/core/fastest.h"

namespace sonograd::app {

/// While it lives, kernels are chosen as the options say; then the timings are stored below the cache folder. A file that
/// cannot be read or written causes a note on stderr.
class KernelChoices {
 public:
  explicit KernelChoices(const ComputeOptions& options);
  ~KernelChoices();
  KernelChoices(const KernelChoices&) = delete;
  KernelChoices& operator=(const KernelChoices&) = delete;

 private:
  std::filesystem::path file_;  // empty: nothing is kept
  std::vector<kernels::FastestChoice> known_;
  bool quiet_;
};

}  // namespace sonograd::app
