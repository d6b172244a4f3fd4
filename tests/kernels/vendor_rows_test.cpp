#include <gmock/gmock.h>

#include "kernels/vendor/cublas.h"
#include "kernels/vendor/cublas_attention.h"
#include "kernels/vendor/cudnn_conv.h"
#include "kernels/vendor/cudnn_norm.h"
#include "kernels/vendor/cudnn_pool.h"
#include "kernels/vendor/cudnn_recurrent.h"
#include "kernels/vendor/cufft.h"
#include "tensor/tensor.h"

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
  const auto layer = RecurrentLayerProblem::make(RecurrentProblem::make(Cell::gru, 2, 3, 4, 2), 5);
  const auto attention = AttentionProblem::make({2, 3, 8}, {2, 5, 8}, {.heads = 2}, false, true);
  expect_library(vendor::gemm_cublas, GemmProblem::make({3, 4}, {4, 5}, {}), "libcublas.so");
  expect_library(vendor::attention_forward_cublas, attention, "libcublas.so");
  expect_library(vendor::attention_backward_cublas, attention, "libcublas.so");
  expect_library(vendor::recurrent_layer_forward_cudnn, layer, "libcudnn.so");
  expect_library(vendor::recurrent_layer_training_cudnn_persistent, layer, "libcudnn.so");
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

TEST(VendorRows, StateTheLimitsOfRecurrentLayers) {
  const auto layer_of = [](std::int64_t units, DType dtype = DType::f32) {
    return RecurrentLayerProblem::make(RecurrentProblem::make(Cell::lstm, 2, 3, units, 1, dtype), 5);
  };
  const auto expect_reason = [](const auto& row, const RecurrentLayerProblem& p, const char* reason,
                                const Context& context = kContext) {
    EXPECT_STREQ(row.why_not(p, context), reason);
  };
  expect_reason(vendor::recurrent_layer_forward_cudnn_persistent, layer_of(193),
                "requires at most 192 units");
  expect_reason(vendor::recurrent_layer_training_cudnn_persistent, layer_of(129),
                "requires at most 128 units");
  expect_reason(vendor::recurrent_layer_training_cudnn, layer_of(4, DType::bf16), "requires f32");
  expect_reason(vendor::recurrent_layer_forward_cudnn, layer_of(4), "multiplies in float32 or tf32 only",
                {kContext.device, Precision::bf16});
  expect_reason(vendor::recurrent_layer_forward_cudnn, layer_of(4),
                "the order of its sums depends on the batch", {kContext.device, Precision::strict, true});
}

TEST(VendorRows, StateTheLimitsOfAttention) {
  const auto p = [](bool key_mask, DType dtype) {
    return AttentionProblem::make({2, 3, 8}, {2, 5, 8}, {.heads = 2}, key_mask, false, dtype);
  };
  const auto reason = [](const AttentionProblem& problem, Precision precision) {
    return vendor::attention_forward_cublas.why_not(problem, {kContext.device, precision});
  };
  EXPECT_THAT(reason(p(true, DType::f32), Precision::strict), testing::HasSubstr("hidden keys"));
  EXPECT_THAT(reason(p(false, DType::bf16), Precision::tf32), testing::HasSubstr("rounds weights to bf16"));
  EXPECT_THAT(reason(AttentionProblem::make({2, 3, 8}, {2, 0, 8}, {}, false, false), Precision::strict),
              testing::HasSubstr("queries and keys"));
}

// A product of a matrix of each example and head is one of two axes of a batch.
TEST(VendorRows, MultiplyBatchesWithTwoAxesAndBf16) {
  const Tensor a = Tensor::zeros({2, 3, 4, 5}, DType::bf16), b = Tensor::zeros({3, 2, 5, 6}, DType::bf16);
  const Tensor c = Tensor::zeros({2, 3, 4, 6}, DType::bf16);
  const int order[] = {1, 0, 2, 3};
  const auto p = GemmProblem::make(a, b.view().permute(order), c, {});
  ASSERT_EQ(p.batches[0], 2);
  expect_library(vendor::gemm_cublas, p, "libcublas.so");
}

}  // namespace
}  // namespace sonograd::kernels

#endif
