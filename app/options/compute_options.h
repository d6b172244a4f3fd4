// Options that every computing command takes.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "tensor/device/device.h"

namespace sonograd::app {

struct ComputeOptions {
  std::string device = "auto";
  int threads = 0;  ///< 0: as many as there are cores
  std::string precision = "strict";
  std::vector<std::string> kernels;  ///< OP=VARIANT
  std::string choice = "default";    ///< where no kernel is named
  std::string profile;               ///< file, see profile_report.h; empty: none
  std::uint64_t seed = 0;
  bool quiet = false;
  bool verbose = false;
  bool no_progress = false;

  void add_to(CLI::App& app);
  /// Pins kernels. Throws ConfigError.
  void apply_kernels() const;
  /// `apply_kernels`, then threads and precision; says on stderr which device `auto` picked. Throws ConfigError, and
  /// DeviceError for a device that cannot run on this machine.
  Device apply() const;
};

}  // namespace sonograd::app
