// Cores that this process may keep busy.
#pragma once

#include <filesystem>
#include <string>

namespace sonograd {

struct CoreBudget {
  int cores = 1;       ///< at least 1: the default number of threads
  std::string source;  ///< the limit in force: `machine`, `affinity` or `CPU quota of 1.5 cores`
};

/// The smallest of: cores of the machine, CPU affinity of the process, CPU quota of its control group and of those above it
/// (version 1 or 2, rounded up), as containers set it. `root`: the folder with `proc` and `sys`.
CoreBudget core_budget(const std::filesystem::path& root = "/");

}  // namespace sonograd
