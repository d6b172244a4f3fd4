#include <fstream>
#include <unistd.h>

#include "app/doctor/checks.h"
#include "app/terminal/spooled_input.h"
#include "kernels/core/launch.h"
#include "kernels/core/processor.h"
#include "kernels/core/simd.h"
#include "tensor/support/core_budget.h"
#include "tensor/support/error.h"
#include "tensor/support/waiting.h"
#include "train/data/pcm_cache.h"

namespace sonograd::app::doctor {
namespace {

namespace fs = std::filesystem;

// From a line of /proc/meminfo: `MemAvailable:   123 kB`.
std::uint64_t memory_bytes(const std::string& wanted) {
  std::ifstream in("/proc/meminfo");
  std::string name, unit;
  for (std::uint64_t kilobytes = 0; in >> name >> kilobytes; std::getline(in, unit)) {
    if (name == wanted + ':') return kilobytes * 1024;
  }
  return 0;
}

std::string waiting_of_threads() {
  const std::string variable = waiting_variable();
  return variable.empty() ? "long on free cores, briefly beside other work" : variable;
}

// A folder that is not there yet is writable when the nearest one above it is.
bool is_writable(fs::path folder) {
  std::error_code ignored;
  while (folder.has_relative_path() && !fs::exists(folder, ignored)) folder = folder.parent_path();
  return access(folder.c_str(), W_OK | X_OK) == 0 && fs::is_directory(folder, ignored);
}

FolderCheck check_folder(const std::string& use, const fs::path& path) {
  FolderCheck check{use, path, is_writable(path)};
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(path, ignored)) {
    if (!entry.is_regular_file(ignored)) continue;
    ++check.files;
    check.bytes += entry.file_size(ignored);
  }
  return check;
}

}  // namespace

Machine check_machine() {
  const CoreBudget budget = core_budget();
  return {.processor = kernels::processor_name(),
          .instruction_set = std::string(kernels::simd_name()),
          .cores = budget.cores,
          .threads = kernels::threads(),
          .cores_limited_by = budget.source,
          .waiting = waiting_of_threads(),
          .memory_bytes = memory_bytes("MemTotal"),
          .free_memory_bytes = memory_bytes("MemAvailable")};
}

std::vector<FolderCheck> check_folders(Problems& problems) {
  std::error_code ignored;
  if (const fs::path spool = spool_folder(); !fs::is_directory(spool, ignored) || !is_writable(spool)) {
    problems.push_back({concat("sound from standard input (tag MODEL -) cannot be kept: ", spool.string(),
                               " is no folder that can be written"),
                        "set TMPDIR to a folder that can be written"});
  }
  const char* cure = "set XDG_CACHE_HOME to a folder that can be written";
  const fs::path cache = train::PcmCache::default_folder();
  if (cache.empty()) {
    problems.push_back(
        {"decoded clips are not kept between epochs: neither HOME nor XDG_CACHE_HOME is set", cure});
    return {};
  }
  FolderCheck check = check_folder("decoded clips", cache);
  if (!check.is_writable) {
    problems.push_back(
        {"decoded clips are not kept between epochs: " + cache.string() + " cannot be written", cure});
  }
  return {check};
}

}  // namespace sonograd::app::doctor
