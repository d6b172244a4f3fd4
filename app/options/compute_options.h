// Options of every command that computes.
#pragma once

#include <string>

#include "app/options/setting_flags.h"
#include "tensor/device/device.h"

namespace CLI {
class App;
}

namespace sonograd::app {

struct ComputeOptions {
  SettingFlags flags;   ///< of the settings `train.*` that every command has: device, threads, kernels, ...
  std::string profile;  ///< file, see profile_report.h; empty: none
  bool quiet = false;
  bool verbose = false;
  bool no_progress = false;

  const train::Settings::Train& settings() const { return flags.settings.train; }
  void add_to(CLI::App& app);
  /// Pins kernels. Throws ConfigError.
  void apply_kernels() const;
  /// `apply_kernels`, then threads and precision. Throws ConfigError, and DeviceError for a device that cannot run on this
  /// machine.
  Device apply() const;
  /// Prints the device that `auto` chose on stderr, unless quiet; call when arguments and inputs have been checked.
  void announce(Device device) const;
};

}  // namespace sonograd::app
