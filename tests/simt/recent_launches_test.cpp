#include "tensor/device/recent_launches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/mask/mask.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

void blank_maps(std::int64_t frames) {
  const Device device{DeviceKind::emulated, 0};
  const Tensor x = Tensor::zeros({2, frames, 5}).to(device),
               rectangles = Tensor::zeros({2, 1, 4}, DType::i32, device);
  mask_maps(MaskProblem::make(x.shape(), rectangles.shape()), x, rectangles, set(x));
}

TEST(RecentLaunches, SayWhichKernelOnWhatTheYoungestFirst) {
  blank_maps(7);
  blank_maps(9);
  EXPECT_THAT(recent_launches(),
              StartsWith("mask_maps: 2x1x1 blocks of 512x1x1 threads; mask_maps [2, 9, 5]"));
  EXPECT_THAT(recent_launches(), HasSubstr("mask_maps [2, 7, 5] 1 rectangles f32\n"));
}

TEST(RecentLaunches, AreTheLastOnes) {
  blank_maps(11);
  for (std::size_t i = 1; i < kRecentLaunches; ++i) blank_maps(12);
  EXPECT_THAT(recent_launches(), HasSubstr("[2, 11, 5]"));
  blank_maps(12);
  const std::string text = recent_launches();
  EXPECT_THAT(text, Not(HasSubstr("[2, 11, 5]")));
  EXPECT_EQ(std::ranges::count(text, '\n'), std::ptrdiff_t{kRecentLaunches});
}

TEST(RecentLaunches, AProblemThatIsTooLargeIsLeftOut) {
  const std::vector<std::byte> large(4096);
  note_launch({.name = "kernel", .op = "op", .problem = large, .summary = [](const std::byte*) {
                 return std::string("never asked");
               }});
  EXPECT_THAT(recent_launches(), StartsWith("kernel: 0x0x0 blocks of 0x0x0 threads; op\n"));
}

}  // namespace
}  // namespace sonograd::kernels
