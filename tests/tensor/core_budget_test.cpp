#include "tensor/support/core_budget.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sched.h>
#include <thread>
#include <unistd.h>

#include "tests/support/files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;

int cores_of_machine() {
  return core_budget(test::temporary_path("no_root")).cores;
}

// A root folder with one process in one control group.
class CoreBudgetTest : public testing::Test {
 protected:
  void write(const fs::path& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }
  fs::path root_ = test::temporary_path("core_budget");
};

TEST_F(CoreBudgetTest, WithoutControlGroupsIsWhatTheProcessMayUse) {
  cpu_set_t allowed;
  ASSERT_EQ(0, sched_getaffinity(0, sizeof(allowed), &allowed));
  EXPECT_EQ(core_budget(root_).cores, CPU_COUNT(&allowed));
}

TEST_F(CoreBudgetTest, AQuotaOfVersion2IsRoundedUp) {
  write("proc/self/cgroup", "0::/work/task\n");
  write("sys/fs/cgroup/work/task/cpu.max", "50000 100000\n");
  const CoreBudget budget = core_budget(root_);
  EXPECT_EQ(budget.cores, 1);
  if (cores_of_machine() > 1) {
    EXPECT_EQ(budget.source, "CPU quota of 0.5 cores");
  }
}

TEST_F(CoreBudgetTest, TheSmallestQuotaAboveTheGroupHolds) {
  write("proc/self/cgroup", "0::/work/task\n");
  write("sys/fs/cgroup/work/task/cpu.max", "max 100000\n");
  write("sys/fs/cgroup/work/cpu.max", "100000 100000\n");
  write("sys/fs/cgroup/cpu.max", "900000000 100000\n");
  EXPECT_EQ(core_budget(root_).cores, 1);
}

TEST_F(CoreBudgetTest, AContainerSeesItsGroupAsTheRoot) {
  write("proc/self/cgroup", "0::/docker/0123456789\n");
  write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(core_budget(root_).cores, 1);
}

TEST_F(CoreBudgetTest, AQuotaOfVersion1) {
  write("proc/self/cgroup", "7:memory:/a\n4:cpu,cpuacct:/a\n");
  write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "100000\n");
  write("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(core_budget(root_).cores, 1);
  write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(core_budget(root_).cores, cores_of_machine());
}

TEST_F(CoreBudgetTest, NonsenseIsNoLimit) {
  write("proc/self/cgroup", "0::/a\nnonsense\n::\n");
  write("sys/fs/cgroup/a/cpu.max", "-5 0\n");
  write("sys/fs/cgroup/cpu.max", "some text\n");
  EXPECT_EQ(core_budget(root_).cores, cores_of_machine());
}

TEST_F(CoreBudgetTest, AffinityOfTheProcessIsALimit) {
  cpu_set_t before;
  ASSERT_EQ(0, sched_getaffinity(0, sizeof(before), &before));
  CoreBudget budget;
  std::thread([&] {  // the affinity of a thread is its own
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (!CPU_ISSET(core, &before)) continue;
      CPU_SET(core, &one);
      break;
    }
    ASSERT_EQ(0, sched_setaffinity(0, sizeof(one), &one));
    budget = core_budget(root_);
  })
      .join();
  EXPECT_EQ(budget.cores, 1);
  if (sysconf(_SC_NPROCESSORS_ONLN) > 1) {
    EXPECT_EQ(budget.source, "affinity");
  }
}

}  // namespace
}  // namespace sonograd
