#include "models/tagging/memory.h"

#include <gtest/gtest.h>

#include "tests/app/small_model.h"

namespace sonograd::models {
namespace {

TEST(BatchWithin, IsSmallerWhereMemoryIs) {
  const Model model(test::small_model());
  EXPECT_EQ(batch_within(model, 16, std::uint64_t{1} << 40), 16);
  EXPECT_EQ(batch_within(model, 16, 1), 1);
  std::int64_t previous = 1;
  for (const std::uint64_t mib : {8, 32, 128, 512}) {
    const std::int64_t batch = batch_within(model, 4096, mib << 20);
    EXPECT_GE(batch, previous);
    EXPECT_LE(static_cast<std::uint64_t>(batch) * 32768 * sizeof(float), mib << 20) << "the waveforms alone";
    previous = batch;
  }
  EXPECT_GT(previous, 16);
}

}  // namespace
}  // namespace sonograd::models
