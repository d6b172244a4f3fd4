#include "layers/squeeze_excitation.h"

#include <gtest/gtest.h>
#include <map>

#include "tests/layers/layer_gradients.h"
#include "tests/support/devices.h"

namespace sonograd::layers {
namespace {

constexpr std::int64_t kChannels = 4, kHidden = 3;

/// The published formula with loops, in double.
std::vector<double> gated(SqueezeExcitation& layer, const Tensor& x) {
  std::map<std::string, Tensor> state;
  for (const StateEntry& entry : layer.state()) state[entry.name] = entry.tensor;
  const auto affine = [&](const std::string& name, const std::vector<double>& in, std::int64_t rows) {
    const float *weight = state.at(name + ".weight").data<float>(),
                *bias = state.at(name + ".bias").data<float>();
    std::vector<double> out;
    for (std::int64_t row = 0; row < rows; ++row) {
      double sum = bias[row];
      for (std::size_t i = 0; i < in.size(); ++i) sum += *weight++ * in[i];
      out.push_back(sum);
    }
    return out;
  };
  const std::int64_t batch = x.shape()[0], positions = x.numel() / (batch * kChannels);
  std::vector<double> result;
  for (std::int64_t n = 0; n < batch; ++n) {
    const float* values = x.data<float>() + n * positions * kChannels;
    std::vector<double> means(kChannels);
    for (std::int64_t i = 0; i < positions * kChannels; ++i)
      means[static_cast<std::size_t>(i % kChannels)] += values[i] / static_cast<double>(positions);
    std::vector<double> hidden = affine("dense1", means, kHidden);
    for (double& value : hidden) value = std::max(0.0, value);
    std::vector<double> gates = affine("dense2", hidden, kChannels);
    for (double& gate : gates) gate = 1 / (1 + std::exp(-gate));
    for (std::int64_t i = 0; i < positions * kChannels; ++i)
      result.push_back(values[i] * gates[static_cast<std::size_t>(i % kChannels)]);
  }
  return result;
}

TEST(SqueezeExcitation, ScalesEveryChannelByItsGate) {
  for (const Device device : test::all_devices()) {
    for (const Shape& shape : {Shape{2, 7, kChannels}, Shape{2, 3, 5, kChannels}}) {
      SqueezeExcitation layer(kChannels, kHidden);
      const Tensor x = random_tensor(shape);
      const std::vector<double> expected = gated(layer, x);
      layer.to(device);
      const Tensor y = layer.forward(Variable(x.to(device))).data().to(Device{});
      ASSERT_EQ(y.shape(), shape);
      for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(y.data<float>()[i], expected[i], 1e-6) << i;
    }
  }
}

TEST(SqueezeExcitation, Gradients) {
  SqueezeExcitation layer(kChannels, kHidden);
  EXPECT_LE(test::layer_gradient_error(layer, {2, 5, kChannels}), 1e-6);
  EXPECT_LE(test::layer_gradient_error(layer, {2, 3, 4, kChannels}), 1e-6);
}

TEST(SqueezeExcitation, ExpectsPositions) {
  EXPECT_THROW(SqueezeExcitation(kChannels, 2).forward(Variable(random_tensor({3, kChannels}))), ShapeError);
}

}  // namespace
}  // namespace sonograd::layers
