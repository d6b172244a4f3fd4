// Options that every computing command takes.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "tensor/device/device.h"
#include "tensor/error.h"

namespace sonograd::app {

/// The device that was asked for cannot run on this machine.
class DeviceUnavailable : public DeviceError {
 public:
  using DeviceError::DeviceError;
};

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
  /// `apply_kernels`, then threads and precision; says on stderr which device `auto` picked. Throws
  /// DeviceUnavailable and ConfigError.
  Device apply() const;
};

}  // namespace sonograd::app
