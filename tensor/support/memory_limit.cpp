#include "tensor/support/memory_limit.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace sonograd {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = UINT64_MAX;

// The number in a file; groups without a limit have the word `max`.
std::uint64_t number_in(const fs::path& file) {
  std::ifstream in(file);
  std::uint64_t number = 0;
  return in >> number ? number : kUnlimited;
}

// The smallest limit of a group and those above it.
std::uint64_t limit_of_groups(const fs::path& root, const std::string& group, const char* file) {
  std::uint64_t limit = number_in(root / file);
  fs::path path = root;
  for (const fs::path& part : fs::path(group).relative_path()) {
    path /= part;
    limit = std::min(limit, number_in(path / file));
  }
  return limit;
}

// Lines of /proc/self/cgroup: `0::/group` in version 2, `4:memory:/group` in version 1.
std::uint64_t control_group_limit() {
  std::ifstream in("/proc/self/cgroup");
  std::uint64_t limit = kUnlimited;
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1),
                      group = line.substr(second + 1);
    if (controllers.empty()) limit = std::min(limit, limit_of_groups("/sys/fs/cgroup", group, "memory.max"));
    if (controllers == "memory") {
      limit = std::min(limit, limit_of_groups("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
  }
  return limit;
}

std::uint64_t resource_limit(__rlimit_resource resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  return limit.rlim_cur;
}

}  // namespace

std::uint64_t memory_limit() {
  const auto machine = static_cast<std::uint64_t>(std::max(0L, sysconf(_SC_PHYS_PAGES))) *
                       static_cast<std::uint64_t>(std::max(0L, sysconf(_SC_PAGESIZE)));
  return std::min({machine, control_group_limit(), resource_limit(RLIMIT_AS), resource_limit(RLIMIT_DATA)});
}

}  // namespace sonograd
