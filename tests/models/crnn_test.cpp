// CRNN: probabilities of the published weights, and sizes of its own.
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "autograd/tape.h"
#include "kernels/core/context.h"
#include "kernels/core/profile.h"
#include "layers/trace.h"
#include "models/core/architecture.h"
#include "models/core/recognise.h"
#include "models/core/weights.h"
#include "tensor/io/pth.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

using models::OptionValues;

const OptionValues kSmall = {
    {"channels", 2}, {"units", 3}, {"layers", 3}, {"samples", 49152}, {"dropout", 0.0}};

TEST(Crnn, DerivesItsSizesFromTheTensors) {
  const auto network = models::find_architecture("crnn").make_network(kSmall, 5);
  const std::vector<models::RecognisedNetwork> found = models::recognise(models::export_state(*network));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front().arch, "crnn");
  EXPECT_EQ(found.front().labels, 5);
  for (const char* key : {"channels", "units", "layers"})
    EXPECT_EQ(found.front().options.at(key), kSmall.at(key)) << key;
}

// Every step of the sequence has an influence on the last one, and the gradient reaches every parameter on every device.
TEST(Crnn, GradientsAgreeOnEveryDevice) {
  const auto gradients = [](Device device) {
    const auto network = models::find_architecture("crnn").make_network(kSmall, 4);
    test::lcg_fill(*network);
    network->to(device);
    const Tensor signal = test::lcg_signal(network->input().samples, 16000).to(device);
    const Variable logits = network->logits(Variable(network->features(signal)));
    backward(logits, Tensor::full(logits.shape(), 1, DType::f32, device));
    std::map<std::string, Tensor> all;
    for (const layers::StateEntry& entry : network->state()) {
      if (entry.kind == layers::StateKind::parameter)
        all[entry.name] = entry.parameter->gradient().to(Device{});
    }
    return all;
  };
  const auto expected = gradients(Device{});
  for (const Device device : test::accelerators()) {
    for (const auto& [name, gradient] : gradients(device)) {
      const auto wanted = expected.at(name).span<float>();
      float largest = 0;
      for (const float value : wanted) largest = std::max(largest, std::abs(value));
      if (name.find(".conv.bias") == std::string::npos) {
        EXPECT_GT(largest, 0) << name;
      }
      for (std::size_t i = 0; i < wanted.size(); ++i)
        EXPECT_NEAR(gradient.span<float>()[i], wanted[i], 1e-4f * largest + 1e-5f) << name << ' ' << i;
    }
  }
}

// Variants that a training step runs, as `op=variant`, without those that need not be better.
std::set<std::string> slow_variants(Device device, kernels::Precision precision) {
  const kernels::PrecisionScope scope(precision);
  const auto network = models::find_architecture("crnn").make_network(
      {{"channels", 32}, {"samples", 49152}, {"dropout", 0.5}}, 50);
  network->to(device);
  const Tensor signal = test::lcg_signal(network->input().samples, 16000).to(device);
  kernels::start_profile();
  const Variable logits = network->logits(Variable(network->features(signal)));
  backward(logits, Tensor::full(logits.shape(), 1, DType::f32, device));
  std::set<std::string> slow;
  for (const auto& sum : kernels::finish_profile().sums) {
    if (sum.label.kind != kernels::RangeKind::op) continue;
    for (const std::string_view variant : {"naive", "reference", "composed"}) {
      if (sum.label.variant == variant) slow.insert(concat(sum.label.name, '=', variant));
    }
  }
  return slow;
}

TEST(Crnn, TrainsWithoutTheSimplestRows) {
  for (const Device device : test::network_devices()) {
    for (const auto precision : {kernels::Precision::strict, kernels::Precision::bf16})
      EXPECT_THAT(slow_variants(device, precision), testing::IsEmpty())
          << device << ' ' << name_of(precision);
  }
}

TEST(Crnn, ChunksThatAreTooShortAreRefused) {
  const auto network =
      models::find_architecture("crnn").make_network({{"channels", 2}, {"samples", 12000}}, 3);
  network->train(false);
  const NoGrad no_grad;
  const Variable features(network->features(Tensor::zeros({1, 12000})));
  EXPECT_THROW(network->logits(features), ShapeError);
  const auto wide = models::find_architecture("crnn").make_network(
      {{"channels", 2}, {"samples", 49152}, {"n_mels", 192}}, 3);
  EXPECT_THAT(
      [&] {
        wide->logits(Variable(wide->features(Tensor::zeros({1, 49152}))));
      },
      testing::ThrowsMessage<ShapeError>(testing::HasSubstr("choose another model.samples")));
}

constexpr double kMtatCrnn[] = {
    0.270459, 0.010018, 0.046230, 0.239163, 0.017742, 0.328146, 0.120949, 0.789797, 0.300756, 0.026488,
    0.012449, 0.181774, 0.005241, 0.028810, 0.058067, 0.005863, 0.034745, 0.001796, 0.077637, 0.021784,
    0.040725, 0.060362, 0.006341, 0.326040, 0.009088, 0.010927, 0.005309, 0.073942, 0.053834, 0.088541,
    0.010529, 0.013067, 0.014333, 0.034576, 0.005304, 0.003144, 0.020221, 0.012612, 0.072570, 0.042725,
    0.005683, 0.061442, 0.005394, 0.003366, 0.032737, 0.031504, 0.049549, 0.178325, 0.005612, 0.003051};

class PublishedCrnn : public testing::TestWithParam<Device> {};

TEST_P(PublishedCrnn, MtatProbabilities) {
  const auto file = test::shared_path("checkpoints/mtat-crnn.pth");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not here";
  const io::NamedTensors weights = io::read_pth(file);
  const auto candidates = models::recognise(weights);
  ASSERT_EQ(candidates.size(), 1u);
  EXPECT_EQ(candidates[0].arch, "crnn");
  const auto network =
      models::find_architecture("crnn").make_network(candidates[0].options, candidates[0].labels);
  EXPECT_EQ(network->parameter_count(), 394100);
  models::load_state(*network, weights);
  network->train(false);
  network->to(GetParam());

  const NoGrad no_grad;
  const Tensor signal = test::lcg_signal(464000, 16000).to(GetParam());
  const Tensor logits = network->logits(Variable(network->features(signal))).data().to(Device{});
  for (std::size_t i = 0; i < std::size(kMtatCrnn); ++i)
    EXPECT_NEAR(1 / (1 + std::exp(-logits.data<float>()[i])), kMtatCrnn[i], 1e-6) << "tag " << i;
}

INSTANTIATE_TEST_SUITE_P(Devices, PublishedCrnn, testing::ValuesIn(test::network_devices()),
                         [](const auto& test) { return test::test_name(test.param); });

}  // namespace
}  // namespace sonograd
