#include "tensor/support/memory_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sonograd {
namespace {

TEST(MemoryLimit, IsTheSmallestOfAllLimits) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer reserves more than the limit for its shadow";
#endif
  const std::uint64_t limit = memory_limit();
  EXPECT_GT(limit, std::uint64_t{16} << 20);
  EXPECT_LE(limit, static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                       static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
  for (const auto resource : {RLIMIT_DATA, RLIMIT_AS}) {
    rlimit before{};
    ASSERT_EQ(getrlimit(resource, &before), 0);
    const rlimit lower{.rlim_cur = limit - 4096, .rlim_max = before.rlim_max};
    ASSERT_EQ(setrlimit(resource, &lower), 0);
    EXPECT_EQ(memory_limit(), limit - 4096);
    ASSERT_EQ(setrlimit(resource, &before), 0);
  }
}

}  // namespace
}  // namespace sonograd
