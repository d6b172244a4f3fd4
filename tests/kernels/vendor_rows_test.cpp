#include <gmock/gmock.h>

#include "kernels/vendor/cublas.h"
#include "kernels/vendor/cudnn_conv.h"
#include "kernels/vendor/cudnn_norm.h"
#include "kernels/vendor/cudnn_pool.h"
#include "kernels/vendor/cufft.h"

#if SONOGRAD_HAS_CUDA && __has_include(<cublas_v2.h>) && __has_include(<cudnn.h>) && __has_include(<cufft.h>)

namespace sonograd::kernels {
namespace {

constexpr Context kContext = {{DeviceKind::cuda, 0}};

// Without a GPU: where the library is installed it has all functions, elsewhere the reason of the row contains its name.
template <class Op>
void expect_library(const KernelVariant<Op>& row, const typename Op::Problem& problem,
                    const std::string& library) {
  const char* reason = row.why_not(problem, kContext);
  if (reason == nullptr) return;
  EXPECT_THAT(reason, testing::HasSubstr("cannot open " + library)) << Op::name;
  EXPECT_THAT(reason, testing::HasSubstr("LD_LIBRARY_PATH")) << Op::name;
}

TEST(VendorRows, HaveAllFunctionsOrNameTheirLibrary) {
  const auto conv2d = Conv2dProblem::make({2, 9, 7, 3}, {4, 3, 3, 3}, {.padding = 1});
  expect_library(vendor::gemm_cublas, GemmProblem::make({3, 4}, {4, 5}, {}), "libcublas.so");
  expect_library(vendor::conv2d_forward_cudnn, conv2d, "libcudnn.so");
  expect_library(vendor::conv2d_backward_data_cudnn, conv2d, "libcudnn.so");
  expect_library(vendor::conv2d_backward_weight_cudnn, conv2d, "libcudnn.so");
  expect_library(vendor::batch_norm_backward_cudnn, BatchNormProblem::make({4, 3}), "libcudnn.so");
  expect_library(vendor::avg_pool_forward_cudnn, PoolProblem::make({2, 4, 4, 3}, 2, 2), "libcudnn.so");
  expect_library(vendor::stft_cufft, StftProblem::make({1, 64}, 16, {.n_fft = 16, .hop_length = 8}),
                 "libcufft.so");
}

TEST(VendorRows, SayWhatTheyDoNotDo) {
  const auto lopsided = Conv2dProblem::make({2, 1, 9, 3}, {4, 1, 3, 3}, {.padding = {0, 0, 2, 0}});
  EXPECT_STREQ(vendor::conv2d_forward_cudnn.why_not(lopsided, kContext),
               "requires equal padding at both ends");
  const auto even = Conv2dProblem::make({2, 1, 9, 3}, {4, 1, 3, 3}, {});
  EXPECT_THAT(vendor::conv2d_forward_cudnn.why_not(even, {kContext.device, Precision::bf16}),
              testing::HasSubstr("float32 or tf32 only"));
}

}  // namespace
}  // namespace sonograd::kernels

#endif
