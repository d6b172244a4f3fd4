// A narrow Harmonic CNN: ten training steps against PyTorch (tests/golden/make_harmonic_cnn.py), Q included, on every device; its
// front end; its rows.
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "autograd/ops/reduce.h"
#include "autograd/tape.h"
#include "kernels/core/explain.h"
#include "layers/harmonic_stft.h"
#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/recognise.h"
#include "models/core/weights.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/files.h"
#include "tests/train/tiny_run.h"
#include "train/optim/step.h"

namespace sonograd {
namespace {

using HarmonicJson = nlohmann::json;
using testing::HasSubstr;

constexpr std::int64_t kSounds = 4, kNames = 3;

HarmonicJson harmonic_runs() {
  std::ifstream file(test::golden_path("harmonic_cnn.json"));
  return HarmonicJson::parse(file).at("runs");
}

std::unique_ptr<models::Network> narrow_network(std::int64_t channels, std::int64_t samples) {
  return models::find_architecture("harmonic_cnn")
      .make_network({{"channels", channels}, {"dropout", 0.0}, {"samples", samples}}, kNames);
}

train::Batch harmonic_batch(std::int64_t samples) {
  test::Lcg lcg(1);
  train::Batch batch;
  batch.keys.resize(kSounds);
  for (std::int64_t i = 0; i < kSounds * samples; ++i)
    batch.waveforms.push_back(static_cast<float>(lcg.next()));
  for (std::int64_t i = 0; i < kSounds * kNames; ++i) batch.targets.push_back(lcg.next() > 0);
  return batch;
}

class HarmonicTraining : public testing::TestWithParam<std::tuple<HarmonicJson, Device>> {};

TEST_P(HarmonicTraining, TenStepsAreThoseOfPyTorch) {
  const auto& [golden, device] = GetParam();
  const auto samples = golden.at("samples").get<std::int64_t>();
  const auto network = narrow_network(golden.at("channels").get<std::int64_t>(), samples);
  test::lcg_fill(*network);
  network->to(device);
  network->train(true);
  const train::Settings::Optim adam = {.name = kernels::OptimizerRule::adam,
                                       .weight_decay = 1e-2,
                                       .eps = 1e-5},
                               sgd = {.name = kernels::OptimizerRule::sgd,
                                      .weight_decay = 1e-3,
                                      .momentum = 0.9,
                                      .nesterov = true};
  train::Settings settings;
  settings.optim = golden.at("rule") == "adam" ? adam : sgd;
  settings.augment = {.freq_masks = 0, .time_masks = 0, .shift = 0};
  const train::LabelSet labels = {train::Task::multi_label, {"a", "b", "c"}};
  const train::Objective objective(settings, labels, {}, device);
  train::Optimizer optimizer(*network, settings.optim);
  train::TrainStep step(*network, objective, optimizer, settings, device);
  const train::Batch batch = harmonic_batch(samples);
  const double lr = golden.at("rule") == "adam" ? 1e-3 : 2e-4;
  const auto allowed = [&](const char* what) {
    return 10 * golden.at("drift").at(what).get<double>() + 3e-5;
  };
  for (std::size_t i = 0; i < golden.at("losses").size(); ++i) {
    const auto expected = golden.at("losses").at(i).get<double>();
    EXPECT_NEAR(step.run(batch, static_cast<std::int64_t>(i), {.lr = lr}), expected, allowed("losses"))
        << "step " << i;
    const models::Network& trained = *network;
    ASSERT_EQ(trained.state().front().name, "hstft.bw_Q");
    const Tensor q = Tensor::copy_of(trained.state().front().value).to(Device{});
    EXPECT_NEAR(q.item(), golden.at("q").at(i).get<double>(), allowed("q")) << "step " << i;
  }

  network->train(false);
  const NoGrad no_grad;
  const Tensor waveforms = Tensor::from(batch.waveforms, {kSounds, samples}).to(device);
  const Tensor logits = network->logits(Variable(network->features(waveforms))).data().to(Device{});
  ASSERT_EQ(golden.at("logits").size(), static_cast<std::size_t>(logits.numel()));
  for (std::size_t i = 0; i < golden.at("logits").size(); ++i)
    EXPECT_NEAR(logits.span<float>()[i], golden.at("logits").at(i).get<double>(), allowed("logits")) << i;
}

INSTANTIATE_TEST_SUITE_P(Golden, HarmonicTraining,
                         testing::Combine(testing::ValuesIn(harmonic_runs()), testing::Values(Device{})),
                         [](const auto& run) {
                           return std::get<0>(run.param).at("rule").template get<std::string>() + '_' +
                                  test::test_name(std::get<1>(run.param));
                         });

TEST(HarmonicCnn, ItsStateHasThePublishedNames) {
  const layers::UninitializedScope extents_only;
  const auto network = models::find_architecture("harmonic_cnn").make_network({}, 50);
  std::vector<std::string> names;
  std::int64_t elements = 0;
  for (const auto& entry : network->state()) {
    names.push_back(entry.name);
    elements += entry.shape.numel();
  }
  ASSERT_EQ(names.size(), 100u);
  EXPECT_EQ(elements, 3636953);
  EXPECT_EQ(
      std::vector(names.begin(), names.begin() + 4),
      (std::vector<std::string>{"hstft.bw_Q", "hstft.spec.window", "hstft_bn.weight", "hstft_bn.bias"}));
  EXPECT_EQ(names[names.size() - 1], "dense2.bias");
  EXPECT_THAT(names,
              testing::IsSupersetOf({"layer1.conv.weight", "layer2.conv_1.weight", "layer7.bn_2.running_var",
                                     "layer5.bn.num_batches_tracked", "dense1.weight", "bn.bias"}));
}

TEST(HarmonicCnn, IsRecognisedWithTheSizesOfItsTensors) {
  const models::Architecture architecture = models::find_architecture("harmonic_cnn");
  const models::OptionValues options = {{"channels", 3}, {"harmonics", 4}, {"n_fft", 256}};
  const auto found = models::recognise(models::export_state(*architecture.make_network(options, 7)));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].arch, "harmonic_cnn");
  EXPECT_EQ(found[0].labels, 7);
  for (const auto& [key, value] : options) EXPECT_EQ(found[0].options.at(key), value) << key;
}

TEST(HarmonicCnn, RefusesOptionsThatDoNotGoTogether) {
  const models::Architecture architecture = models::find_architecture("harmonic_cnn");
  const auto refusal = [&](const models::OptionValues& options) {
    return train::message_of<ConfigError>([&] { architecture.input_of(options); });
  };
  EXPECT_THAT(refusal({{"lowest_note", 100.0}}), HasSubstr("lowest note 100"));
  EXPECT_THAT(refusal({{"hop_length", 1}}), HasSubstr("front_end.hop_length = 1"));
  EXPECT_THAT(refusal({{"harmonics", 0}}), HasSubstr("front_end.harmonics = 0"));
  // The poolings divide time by 288 and frequency by 128.
  const auto network = narrow_network(2, 59049);
  network->train(false);
  const NoGrad no_grad;
  EXPECT_THROW(network->logits(Variable(network->features(Tensor::zeros({1, 59049})))), ShapeError);
}

TEST(HarmonicStft, MagnitudesAreTwentyDecibelsADecade) {
  layers::HarmonicStft power({}), magnitude({.power = 1});
  const Tensor signal = test::lcg_signal(2048, 16000);
  const Tensor of_power = power.spectrum(signal), of_magnitude = magnitude.spectrum(signal);
  EXPECT_EQ(of_power.shape(), (Shape{1, 9, 257}));
  for (std::int64_t i = 0; i < of_power.numel(); ++i) {
    const double value = of_magnitude.data<float>()[i];
    EXPECT_NEAR(of_power.data<float>()[i], value * value, 1e-5 * value * value + 1e-12);
  }
  // One bin alone: the filtered value is its weight times the spectrum.
  const Tensor tone = Tensor::zeros({1, 1, 257});
  tone.data<float>()[16] = 4;  // 500 Hz
  const Variable a = power.forward(Variable(tone)), b = magnitude.forward(Variable(tone));
  EXPECT_EQ(a.shape(), (Shape{1, 1, 128, 6}));
  for (std::int64_t i = 0; i < a.data().numel(); ++i)
    EXPECT_NEAR(b.data().data<float>()[i], 2 * a.data().data<float>()[i], 1e-4) << i;
}

}  // namespace
}  // namespace sonograd
