// Harmonic CNN: its state, its sizes, its front end. training_parity_test.cpp trains a narrow one, Q included, on every device.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "layers/harmonic_stft.h"
#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/recognise.h"
#include "models/core/weights.h"
#include "tests/models/lcg.h"
#include "tests/train/tiny_run.h"

namespace sonograd {
namespace {

using testing::HasSubstr;

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
  const auto network = architecture.make_network({{"channels", 2}, {"samples", 59049}}, 3);
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
