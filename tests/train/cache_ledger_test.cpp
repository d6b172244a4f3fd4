#include "train/data/cache_ledger.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>
#include <string>

#include "tensor/random.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using Time = CacheLedger::Time;

Time at(std::int64_t tick) {
  return Time(Time::duration(tick));
}

TEST(CacheLedger, DropsTheOldestFirstAndNoMoreThanIsNeeded) {
  CacheLedger ledger(100);
  ledger.add("young", at(3), 30);
  ledger.add("old", at(1), 30);
  ledger.add("b", at(2), 10);
  ledger.add("a", at(2), 10);
  EXPECT_THAT(ledger.reserve(20).value(), IsEmpty());
  EXPECT_THAT(ledger.reserve(1).value(), ElementsAre("old"));
  EXPECT_THAT(ledger.reserve(30).value(), ElementsAre("a")) << "equally old: by path";
  EXPECT_THAT(ledger.reserve(9).value(), IsEmpty()) << "91 bytes were in use";
  EXPECT_THAT(ledger.reserve(1).value(), ElementsAre("b"));
}

TEST(CacheLedger, KeepsWhatIsInUse) {
  CacheLedger ledger(100);
  ledger.add("used", at(1), 40);
  ledger.add("idle", at(2), 40);
  ledger.use("used");
  EXPECT_TRUE(ledger.is_in_use("used"));
  EXPECT_FALSE(ledger.is_in_use("idle"));
  EXPECT_EQ(ledger.reserve(61), std::nullopt);
  EXPECT_THAT(ledger.reserve(20).value(), IsEmpty()) << "nothing goes for an entry that cannot fit";
  ledger.release(20);
  EXPECT_THAT(ledger.reserve(60).value(), ElementsAre("idle"));
}

TEST(CacheLedger, CountsRoomThatIsTakenGivenBackAndFilled) {
  CacheLedger ledger(100);
  ledger.add("damaged", at(1), 30);
  EXPECT_THAT(ledger.reserve(50).value(), IsEmpty());
  ledger.release(50);
  EXPECT_THAT(ledger.reserve(60).value(), IsEmpty());
  ledger.fill("damaged", 60);
  EXPECT_TRUE(ledger.is_in_use("damaged"));
  EXPECT_EQ(ledger.reserve(41), std::nullopt) << "the new entry takes 60 bytes";
  EXPECT_THAT(ledger.reserve(40), testing::Optional(IsEmpty())) << "and the old one none";
}

// Twenty thousand entries, a tenth in use, dropped a few at a time: in the order that sorting them gives.
TEST(CacheLedger, DropsManyEntriesInTheOrderOfTheSimpleRule) {
  constexpr std::size_t kEntries = 20'000;
  struct Idle {
    std::int64_t tick;
    fs::path path;
    std::uint64_t bytes;
  };
  Random random({.seed = 1});
  CacheLedger ledger(1'000'000'000);
  std::vector<Idle> idle;
  std::uint64_t used_bytes = 0, idle_bytes = 0;
  for (std::size_t i = 0; i < kEntries; ++i) {
    const Idle entry{static_cast<std::int64_t>(random.below(kEntries / 4)), std::to_string(i),
                     1 + random.below(1000)};
    ledger.add(entry.path, at(entry.tick), entry.bytes);
    if (i % 10 == 0) {
      ledger.use(entry.path);
      used_bytes += entry.bytes;
    } else {
      idle.push_back(entry);
      idle_bytes += entry.bytes;
    }
  }
  std::ranges::sort(idle, [](const Idle& a, const Idle& b) {
    return a.tick != b.tick ? a.tick < b.tick : a.path < b.path;
  });
  const auto reserve = [&](std::uint64_t bytes) { return ledger.reserve(bytes).value(); };
  ASSERT_THAT(reserve(ledger.max_bytes() - used_bytes - idle_bytes), IsEmpty());
  std::size_t next = 0;
  while (next < idle.size()) {
    const std::uint64_t bytes = 1 + random.below(5000);
    std::uint64_t left = 0;
    for (std::size_t i = next; i < idle.size() && left < bytes; ++i) left += idle[i].bytes;
    if (left < bytes) break;
    std::uint64_t freed = 0;
    std::vector<fs::path> expected;
    for (; freed < bytes; ++next) {
      freed += idle[next].bytes;
      expected.push_back(idle[next].path);
    }
    ASSERT_EQ(reserve(bytes), expected);
    ASSERT_THAT(reserve(freed - bytes), IsEmpty()) << "and the ledger is full: the next byte drops an entry";
  }
  EXPECT_GT(next, kEntries * 8 / 10);
  EXPECT_EQ(ledger.reserve(ledger.max_bytes()), std::nullopt) << used_bytes << " bytes are in use";
}

}  // namespace
}  // namespace sonograd::train
