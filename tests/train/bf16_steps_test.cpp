// Steps of networks whose weights are stored in bf16, beside parameters of norms in float32.
#include <cmath>
#include <gtest/gtest.h>

#include "autograd/ops/copy.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/reduce.h"
#include "autograd/tape.h"
#include "layers/activation.h"
#include "layers/linear.h"
#include "layers/norm.h"
#include "layers/random_scope.h"
#include "layers/sequential.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"
#include "train/optim/optimizer.h"

namespace sonograd::train {
namespace {

using kernels::OptimizerRule;

// Values of all parameters, in float32 on the host.
std::vector<float> values_of(layers::Module& network) {
  std::vector<float> all;
  for (const layers::StateEntry& entry : network.state()) {
    const Tensor values = entry.tensor.to(Device{}).to(DType::f32);
    const auto part = values.span<float>();
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

void step_of_sum(const layers::Linear& layer, Optimizer& optimizer, const Tensor& x, double lr) {
  backward(sum(layer.forward(Variable(x))));
  optimizer.step({.lr = lr});
}

// The loss is the sum of the outputs, so every step has the same gradient g = sum over n of x[n], of 1 for the bias. With
// momentum 0.9 step t moves a weight by lr g c, c = 1 + 0.9 + ... + 0.9^(t-1). Beside float32 it differs by the rounding of the
// gradient, at most u |g| with u = 2^-8, and by its own, at most u |w|; both remain in the steps that follow.
TEST(Bf16Steps, StayWithinTheRoundingOfWeightsAndGradients) {
  constexpr double kRate = 0.03, kUnit = 1.0 / 256;
  constexpr std::int64_t kRows = 4, kIn = 37, kOut = 5;
  const Settings::Optim settings = {
      .name = OptimizerRule::sgd, .weight_decay = 0, .momentum = 0.9, .nesterov = false};
  for (const Device device : test::all_devices()) {
    SCOPED_TRACE(device.name());
    const layers::RandomScope initial{5, 0};
    layers::Linear halves(kIn, kOut), singles(kIn, kOut);
    halves.to(DType::bf16);
    for (std::size_t i = 0; i < singles.state().size(); ++i)
      singles.state()[i].tensor.copy_from(halves.state()[i].tensor.to(DType::f32));
    halves.to(device);
    const Tensor x = random_tensor({kRows, kIn}, DType::bf16), wide = x.to(DType::f32);
    Optimizer of_halves(halves, settings), of_singles(singles, settings);
    const std::vector<float> before = values_of(singles);
    std::vector<double> bounds(before.size(), 0), gradients(before.size());
    for (int step = 1; step <= 5; ++step) {
      step_of_sum(halves, of_halves, x.to(device), kRate);
      step_of_sum(singles, of_singles, wide, kRate);
      const std::vector<float> actual = values_of(halves), expected = values_of(singles);
      const double c = (1 - std::pow(0.9, step)) / 0.1;
      for (std::size_t i = 0; i < bounds.size(); ++i) {
        if (step == 1) gradients[i] = std::abs(double{expected[i]} - before[i]) / kRate;
        bounds[i] += kRate * c * kUnit * gradients[i];
        bounds[i] += kUnit * (std::abs(double{expected[i]}) + bounds[i]);
        ASSERT_NEAR(actual[i], expected[i], bounds[i] + 1e-5) << "step " << step << ", element " << i;
      }
    }
    EXPECT_NE(values_of(halves), values_of(singles));
    for (const auto& [name, moment] : of_halves.state().moments)
      EXPECT_EQ(moment.dtype(), DType::f32) << name;
  }
}

// Targets are a linear function of x. Gradients are clipped by their norm over both types.
TEST(Bf16Steps, TrainANetworkWithANorm) {
  constexpr std::int64_t kRows = 32, kIn = 8, kOut = 4;
  const Tensor x = random_tensor({kRows, kIn}, DType::bf16),
               teacher = random_tensor({kIn, kOut}, DType::f32, 1);
  const Tensor target = Tensor::zeros({kRows, kOut});
  for (std::int64_t n = 0; n < kRows; ++n) {
    for (std::int64_t i = 0; i < kIn; ++i) {
      for (std::int64_t j = 0; j < kOut; ++j) {
        target.data<float>()[n * kOut + j] +=
            0.3f * static_cast<float>(x.data<bf16>()[n * kIn + i]) * teacher.data<float>()[i * kOut + j];
      }
    }
  }
  for (const auto& [word, rule] : kWords<OptimizerRule>) {
    for (const Device device : test::all_devices()) {
      if (device.kind == DeviceKind::emulated && rule != OptimizerRule::adamw) continue;  // seconds each
      const layers::RandomScope initial{5, 0};
      layers::Sequential network;
      network.emplace<layers::Linear>("first", kIn, 16);
      network.emplace<layers::LayerNorm>("norm", 16);
      network.emplace<layers::Activate>("relu", layers::Activation::relu);
      network.emplace<layers::Linear>("last", 16, kOut);
      network.to(DType::bf16);
      network.to(device);
      Optimizer optimizer(network, {.name = rule, .weight_decay = 0, .clip_norm = 1});
      const Variable input(x.to(device));
      const Tensor expected = target.to(device);
      std::vector<double> losses;
      for (int step = 0; step < 40; ++step) {
        const Variable loss = mse(convert(network.forward(input), DType::f32), expected);
        losses.push_back(loss.data().to(Device{}).item());
        backward(loss);
        optimizer.step({.lr = 0.02});
      }
      EXPECT_LT(losses.back(), 0.5 * losses.front()) << word << " on " << device;
    }
  }
}

}  // namespace
}  // namespace sonograd::train
