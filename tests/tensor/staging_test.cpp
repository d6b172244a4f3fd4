#include "tensor/device/staging.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tensor/tensor.h"

namespace sonograd {
namespace {

TEST(Staging, UploadsWhatTheHostWrote) {
  for (const DeviceKind kind : {DeviceKind::cpu, DeviceKind::emulated, DeviceKind::cuda}) {
    const Device device{kind, 0};
    if (!why_unavailable(device).empty()) continue;
    SCOPED_TRACE(device.name());
    const auto staging = make_staging(1000, device);
    std::vector<Tensor> uploads;
    for (const std::uint8_t round : {1, 2, 3}) {
      const auto bytes = staging->host();
      ASSERT_EQ(bytes.size(), 1000u);
      std::ranges::fill(bytes, std::byte{round});
      uploads.push_back(Tensor::zeros({1000}, DType::u8, device));
      staging->upload(static_cast<std::byte*>(uploads.back().view().pointer), 900);
    }
    for (std::size_t round = 1; round <= 3; ++round) {
      const Tensor host = uploads[round - 1].to(Device{});
      const auto values = host.span<std::uint8_t>();
      EXPECT_EQ(std::ranges::count(values.first(900), round), 900);
      EXPECT_EQ(std::ranges::count(values.last(100), 0), 100);
    }
  }
}

}  // namespace
}  // namespace sonograd
