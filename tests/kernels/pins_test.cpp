// [threads]
#include "kernels/core/pins.h"

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tensor/support/error.h"

namespace sonograd::kernels {
namespace {

constexpr std::string_view kOp = "gemm";  // several rows on the CPU

class Pins : public testing::Test {
 protected:
  void TearDown() override { unpin_kernels(); }
};

TEST_F(Pins, AScopeComesBeforeTheProcessAndTheInnermostFirst) {
  pin_kernel("gemm=reference");
  EXPECT_EQ(pinned_variant(kOp), "reference");
  {
    const PinScope outer(kOp, "outer_products");
    EXPECT_EQ(pinned_variant(kOp), "outer_products");
    const PinScope inner(kOp, "dot_products");
    EXPECT_EQ(pinned_variant(kOp), "dot_products");
    std::thread([] { EXPECT_EQ(pinned_variant(kOp), "reference") << "a scope is one thread's"; }).join();
  }
  EXPECT_EQ(pinned_variant(kOp), "reference");
  EXPECT_EQ(pinned_variant("stft"), "");
  unpin_kernels();
  EXPECT_EQ(pinned_variant(kOp), "");
}

TEST_F(Pins, UnknownNamesAreRefusedWithThoseThatExist) {
  EXPECT_THROW(pin_kernel("stft"), ConfigError);
  EXPECT_THROW(pin_kernel("stft=none"), ConfigError);
  EXPECT_THROW(PinScope("none", "reference"), ConfigError);
  EXPECT_EQ(pinned_variant("none"), "");
}

TEST_F(Pins, AVariantOfSeveralDevicesIsListedOnce) {
  std::string message;
  try {
    pin_kernel("conv2d_forward=none");
  } catch (const ConfigError& error) {
    message = error.what();
  }
  std::istringstream names(message.substr(message.find(" are ") + 5));
  std::vector<std::string> seen;
  for (std::string name; names >> name;) {
    if (name.ends_with(',')) name.pop_back();
    EXPECT_EQ(std::ranges::count(seen, name), 0) << message;
    seen.push_back(name);
  }
  EXPECT_GT(seen.size(), 3u) << message;
}

// Pins that a reader has received do not change when others are set.
TEST_F(Pins, ReadersNeedNotWaitForWriters) {
  pin_kernel(kOp, "outer_products");
  const std::string_view before = pinned_variant(kOp);
  std::atomic<bool> ends = false;
  std::atomic<int> strange = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!ends) {
        const std::string_view seen = pinned_variant(kOp);
        strange += seen != "outer_products" && seen != "dot_products";
      }
    });
  }
  for (int i = 0; i < 200; ++i) pin_kernel(kOp, i % 2 == 0 ? "dot_products" : "outer_products");
  ends = true;
  readers.clear();
  EXPECT_EQ(strange, 0);
  EXPECT_EQ(before, "outer_products");
  EXPECT_EQ(pinned_variant(kOp), "outer_products");
}

}  // namespace
}  // namespace sonograd::kernels
