#include "tensor/device/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/tensor.h"

namespace sonograd {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Device kEmulated{DeviceKind::emulated, 0};

TEST(Device, EmulatedIsAlwaysThere) {
  EXPECT_EQ(why_unavailable(kEmulated), "");
  EXPECT_NE(why_unavailable({DeviceKind::emulated, 1}), "");
  EXPECT_EQ(Device::parse("emulated"), kEmulated);
  EXPECT_EQ(compute_capability(kEmulated), 90);
  EXPECT_EQ(compute_capability(Device{}), 0);
}

TEST(Device, ThatCannotRunSaysWhy) {
  const Device far{DeviceKind::cuda, 63};
  const std::string reason = why_unavailable(far);
  ASSERT_NE(reason, "");
  try {
    Device::parse("cuda:63");
    FAIL() << "there is no such GPU";
  } catch (const DeviceError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("cuda:63"), HasSubstr(reason)));
  }
}

TEST(Device, TensorsMoveThereAndBack) {
  const Tensor values = Tensor::from(std::vector<float>{1, 2, 3}, {3});
  const Tensor there = values.to(kEmulated);
  EXPECT_EQ(there.device(), kEmulated);
  EXPECT_THROW(there.data<float>(), DeviceError);
  EXPECT_EQ(there.clone().to(Device{}).data<float>()[2], 3.0f);
}

TEST(Device, OutOfMemoryReportsTheBytes) {
  for (const Device device : {Device{}, kEmulated}) {
    try {
      Tensor::empty({std::int64_t{1} << 55}, DType::u8, device);
      FAIL() << "32 PiB were available";
    } catch (const DeviceError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("requested 36028797018963968 bytes"), HasSubstr(" in use, "),
                                      HasSubstr(" free")));
    }
  }
}

}  // namespace
}  // namespace sonograd
