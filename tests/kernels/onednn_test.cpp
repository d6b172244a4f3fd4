// Primitives that oneDNN builds, and its refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/conv2d/conv2d.h"
#include "kernels/core/pins.h"
#include "kernels/onednn/convolution.h"
#include "tensor/support/error.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

TEST(OneDnn, AConvolutionBuildsOnlyWhatItRuns) {
  const PinScope pin("conv2d_forward", "onednn");
  const Tensor x = random_tensor({1, 11, 13, 8}), w = random_tensor({16, 3, 5, 8}, DType::f32, 1);
  const auto p = Conv2dProblem::make(x.shape(), w.shape(), {});
  const Tensor y = Tensor::zeros(p.output_shape());
  const std::size_t before = onednn::built_primitives();
  conv2d_forward(p, x, w, {}, set(y));
  EXPECT_EQ(onednn::built_primitives(), before + 1);
  conv2d_forward(p, x, w, {}, set(y));
  EXPECT_EQ(onednn::built_primitives(), before + 1) << "it was kept";
  conv2d_forward(p, x, w, {}, add_to(y));
  EXPECT_EQ(onednn::built_primitives(), before + 2) << "adding is another primitive";
}

TEST(OneDnn, ARefusalIsOneOfOurErrors) {
  const onednn::ConvGeometry impossible = {.batch = 1,
                                           .in_channels = 4,
                                           .out_channels = 4,
                                           .in = {5, 5},
                                           .out = {100, 100},
                                           .kernel = {3, 3},
                                           .stride = {1, 1},
                                           .dilation = {1, 1}};
  try {
    onednn::forward_workspace(impossible, false);
    FAIL() << "the output does not belong to the input";
  } catch (const DeviceError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("[oneDNN]"));
  }
  EXPECT_THROW(onednn::backward_data_workspace(impossible, false), DeviceError);
  EXPECT_THROW(onednn::backward_weight_workspace(impossible, true), DeviceError);
}

}  // namespace
}  // namespace sonograd::kernels
