// The checks of `sonograd doctor`. They change nothing on the machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/core/explain.h"

namespace sonograd::app::doctor {

/// A problem and its repair.
struct Problem {
  std::string what, cure;
  bool is_essential = false;  ///< nothing useful runs without it
};
using Problems = std::vector<Problem>;

struct DeviceCheck {
  std::string name;
  std::string reason;  ///< reason for which it cannot run; empty: it can
};
std::vector<DeviceCheck> check_devices(Problems& problems);

/// The variants of every op, on a layer of a real network.
struct KernelCheck {
  std::string problem;
  kernels::Explanation explanation;
};
std::vector<KernelCheck> check_kernels(Problems& problems);

struct LibraryCheck {
  std::string name;
  std::string version;  ///< empty: it is missing
  std::string detail;
};
std::vector<LibraryCheck> check_libraries(Problems& problems);

struct Machine {
  std::string processor, instruction_set;
  int cores = 0, threads = 0;    ///< cores that the process may keep busy, threads that compute
  std::string cores_limited_by;  ///< see CoreBudget
  std::string waiting;  ///< how threads wait for each other, the variable of the environment that sets it
  std::uint64_t memory_bytes = 0, free_memory_bytes = 0;
};
Machine check_machine();

struct FolderCheck {
  std::string use;
  std::filesystem::path path;
  bool is_writable = false;
  std::uint64_t files = 0, bytes = 0;
};
/// The cache folders. Problems with the folder for standard input are reported too.
std::vector<FolderCheck> check_folders(Problems& problems);

}  // namespace sonograd::app::doctor
