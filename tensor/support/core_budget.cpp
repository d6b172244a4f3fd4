#include "tensor/support/core_budget.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <sched.h>
#include <thread>
#include <unistd.h>

#include "tensor/support/error.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;

std::optional<double> ratio(double quota, double period) {
  if (quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

// `cpu.max` of version 2: "150000 100000", or "max 100000" without a limit.
std::optional<double> quota_of_version_2(const fs::path& group) {
  std::ifstream in(group / "cpu.max");
  double quota = 0, period = 0;
  if (!(in >> quota >> period)) return std::nullopt;
  return ratio(quota, period);
}

// Version 1: a quota of -1 is none.
std::optional<double> quota_of_version_1(const fs::path& group) {
  std::ifstream quota_file(group / "cpu.cfs_quota_us"), period_file(group / "cpu.cfs_period_us");
  double quota = 0, period = 0;
  if (!(quota_file >> quota) || !(period_file >> period)) return std::nullopt;
  return ratio(quota, period);
}

// The smallest quota of a group and the groups above it. In a container the root of the mount is often its own group, and
// the path in /proc/self/cgroup does not exist there.
template <class Quota>
std::optional<double> smallest_quota(const fs::path& mount, const std::string& path, const Quota& quota_of) {
  std::optional<double> smallest;
  for (fs::path group = fs::path(path).relative_path();; group = group.parent_path()) {
    if (const auto quota = quota_of(mount / group); quota && (!smallest || *quota < *smallest))
      smallest = quota;
    if (group.empty()) return smallest;
  }
}

// Lines of /proc/self/cgroup: `0::/a/b` (version 2), `4:cpu,cpuacct:/a/b` (version 1).
std::optional<double> cpu_quota(const fs::path& root) {
  std::ifstream in(root / "proc/self/cgroup");
  std::optional<double> smallest;
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    std::optional<double> quota;
    if (controllers.empty()) {
      quota = smallest_quota(root / "sys/fs/cgroup", path, quota_of_version_2);
    } else if (concat(',', controllers, ',').find(",cpu,") != std::string::npos) {
      quota = smallest_quota(root / "sys/fs/cgroup/cpu", path, quota_of_version_1);
    }
    if (quota && (!smallest || *quota < *smallest)) smallest = quota;
  }
  return smallest;
}

}  // namespace

CoreBudget core_budget(const fs::path& root) {
  CoreBudget budget{std::max(1, static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN))), "machine"};
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && CPU_COUNT(&allowed) < budget.cores)
    budget = {std::max(1, CPU_COUNT(&allowed)), "affinity"};
  if (const std::optional<double> quota = cpu_quota(root)) {
    const int cores = std::max(1, static_cast<int>(std::min(std::ceil(*quota), 1e6)));
    if (cores < budget.cores) budget = {cores, concat("CPU quota of ", *quota, " cores")};
  }
  return budget;
}

}  // namespace sonograd
