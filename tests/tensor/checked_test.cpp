#include "tensor/io/checked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace sonograd::io {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

TEST(Checked, ComputesWithinRange) {
  EXPECT_EQ(((Checked(3, "count") + 4) * 5 - 1).value(), 34u);
  EXPECT_EQ((Checked(3, "count") + -3).value(), 0u);
  EXPECT_EQ((Checked(kMax - 1, "count") + 1).value(), kMax);
}

TEST(Checked, RefusesWhatLeavesTheRange) {
  EXPECT_THROW(Checked(-1, "count"), FormatError);
  EXPECT_THROW(Checked(kMax, "count") + 1, FormatError);
  EXPECT_THROW(Checked(3, "count") - 4, FormatError);
  EXPECT_THROW(Checked(3, "count") + -4, FormatError);
  EXPECT_THROW(Checked(kMax / 2, "count") * 3, FormatError);
  EXPECT_THROW(Checked(2, "count") * -1, FormatError);
  EXPECT_THROW(Checked(2, "count") - Checked(3, "other"), FormatError);
}

TEST(Checked, NarrowsAndLimits) {
  EXPECT_EQ(Checked(255, "count").to<std::uint8_t>(), 255);
  EXPECT_THROW(Checked(256, "count").to<std::uint8_t>(), FormatError);
  EXPECT_THROW(Checked(kMax, "count").to<std::int64_t>(), FormatError);
  EXPECT_EQ(Checked(7, "count").at_most(7).value(), 7u);
  EXPECT_THROW(Checked(8, "count").at_most(7), FormatError);
}

TEST(Checked, NamesTheQuantity) {
  EXPECT_THAT([] { Checked(8, "number of frames").at_most(7); },
              testing::ThrowsMessage<FormatError>(testing::HasSubstr("number of frames is 8")));
}

}  // namespace
}  // namespace sonograd::io
