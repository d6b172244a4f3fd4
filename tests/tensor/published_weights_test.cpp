// The published music-tagging checkpoints: sums and elements as PyTorch reads them.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "tensor/io/pth.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

struct Published {
  const char* name;
  std::size_t tensors;
  double sum, sum_of_abs;  // of all float32 elements
  std::int64_t batches;    // every num_batches_tracked
  const char* first_conv;
  std::vector<float> first_weights;
};

class PublishedWeights : public testing::TestWithParam<Published> {};

// Empty when there are no checkpoints on this machine.
NamedTensors load(std::string_view name) {
  const auto path = test::shared_path(concat("checkpoints/mtat-", name, ".pth"));
  return std::filesystem::exists(path) ? read_pth(path) : NamedTensors();
}

TEST_P(PublishedWeights, HaveTheirCheckValues) {
  const NamedTensors tensors = load(GetParam().name);
  if (tensors.empty()) GTEST_SKIP() << "no published weights here; SONOGRAD_SHARED names their folder";
  EXPECT_EQ(tensors.size(), GetParam().tensors);
  double sum = 0.0, sum_of_abs = 0.0;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.dtype() == DType::i64) {
      EXPECT_EQ(tensor.item(), static_cast<double>(GetParam().batches)) << name;
      continue;
    }
    for (const float value : tensor.span<float>()) {
      sum += value;
      sum_of_abs += std::abs(value);
    }
  }
  EXPECT_NEAR(sum, GetParam().sum, 1e-5);
  EXPECT_NEAR(sum_of_abs, GetParam().sum_of_abs, 1e-4);
  const Tensor& conv = tensors.at(GetParam().first_conv);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_FLOAT_EQ(conv.data<float>()[i], GetParam().first_weights[i]);
  EXPECT_FLOAT_EQ(conv.span<float>().back(), GetParam().first_weights[3]);
}

// The eight tensors of the GRU are views of one storage.
TEST(PublishedCrnn, GruTensorsComeFromTheirPlaceInTheStorage) {
  const NamedTensors tensors = load("crnn");
  if (tensors.empty()) GTEST_SKIP() << "no published weights here; SONOGRAD_SHARED names their folder";
  const auto expect_ends = [&](const char* name, const Shape& shape, float first, float last) {
    const Tensor& tensor = tensors.at(concat("layer5.", name));
    EXPECT_EQ(tensor.shape(), shape) << name;
    EXPECT_FLOAT_EQ(tensor.span<float>().front(), first) << name;
    EXPECT_FLOAT_EQ(tensor.span<float>().back(), last) << name;
  };
  expect_ends("weight_ih_l0", {96, 128}, 0.0278251059f, -0.079376258f);
  expect_ends("weight_hh_l0", {96, 32}, 0.0128059154f, 0.293849498f);
  expect_ends("weight_ih_l1", {96, 32}, -0.142791361f, 0.00459795306f);
  expect_ends("bias_hh_l1", {96}, 0.03603293f, 0.014612468f);
}

INSTANTIATE_TEST_SUITE_P(
    Mtat, PublishedWeights,
    testing::Values(Published{"fcn",
                              44,
                              791.536309,
                              7861.003,
                              13145,
                              "layer1.conv.weight",
                              {-0.0975656956f, 0.174748868f, -0.0409667045f, -0.0702705905f}},
                    Published{"crnn",
                              45,
                              918.972562,
                              5697.00279,
                              46269,
                              "layer1.conv.weight",
                              {0.00924318936f, 0.127961412f, -0.15166764f, -0.0058909771f}},
                    Published{"musicnn",
                              72,
                              695.724973,
                              9966.33551,
                              29158,
                              "layers.0.conv.weight",
                              {0.023086939f, 0.014966934f, 0.0214509442f, -0.00713810744f}}),
    [](const auto& published) { return published.param.name; });

}  // namespace
}  // namespace sonograd::io
