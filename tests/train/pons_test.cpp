// The networks of Pons et al. against our model of them in PyTorch (tests/golden/make_pons.py): outputs, and ten training steps
// with the mean squared error, at small sizes; published parameter counts and multiply-accumulates at full size.
#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "autograd/tape.h"
#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/recognise.h"
#include "models/core/shape_check.h"
#include "models/core/summary.h"
#include "models/core/weights.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/files.h"
#include "train/optim/step.h"

namespace sonograd {
namespace {

using PonsJson = nlohmann::json;

constexpr std::int64_t kClips = 4, kTags = 3;

PonsJson pons_runs() {
  std::ifstream file(test::golden_path("pons.json"));
  return PonsJson::parse(file).at("runs");
}

models::OptionValues options_of(const PonsJson& golden) {
  models::OptionValues options = {{"dropout", 0.0}, {"samples", golden.at("samples").get<std::int64_t>()}};
  for (const auto& [key, value] : golden.at("options").items()) options[key] = value.get<std::int64_t>();
  return options;
}

train::Batch pons_batch(std::int64_t samples) {
  test::Lcg lcg(1);
  train::Batch batch;
  batch.keys.resize(kClips);
  for (std::int64_t i = 0; i < kClips * samples; ++i)
    batch.waveforms.push_back(static_cast<float>(lcg.next()));
  for (std::int64_t i = 0; i < kClips * kTags; ++i) batch.targets.push_back(lcg.next() > 0);
  return batch;
}

class PonsNetworks : public testing::TestWithParam<std::tuple<PonsJson, Device>> {};

TEST_P(PonsNetworks, AgreeWithPyTorchInOutputsAndTenTrainingSteps) {
  const auto& [golden, device] = GetParam();
  const auto samples = golden.at("samples").get<std::int64_t>();
  const auto network = models::find_architecture(golden.at("network").get<std::string>())
                           .make_network(options_of(golden), kTags);
  test::lcg_fill(*network);
  network->to(device);
  const train::Batch batch = pons_batch(samples);
  const auto expect_logits = [&](const char* what) {
    network->train(false);
    const NoGrad no_grad;
    const Tensor waveforms = Tensor::from(batch.waveforms, {kClips, samples}).to(device);
    const Tensor logits = network->logits(Variable(network->features(waveforms))).data().to(Device{});
    const double allowed = 10 * golden.at("drift").at(what).get<double>() + 3e-5;
    ASSERT_EQ(golden.at(what).size(), static_cast<std::size_t>(logits.numel()));
    for (std::size_t i = 0; i < golden.at(what).size(); ++i)
      EXPECT_NEAR(logits.span<float>()[i], golden.at(what).at(i).get<double>(), allowed) << what << ' ' << i;
  };
  expect_logits("before");

  network->train(true);
  train::Settings settings;
  settings.optim =
      golden.at("rule") == "adam"
          ? train::Settings::Optim{.name = kernels::OptimizerRule::adam, .weight_decay = 0, .eps = 1e-5}
          : train::Settings::Optim{
                .name = kernels::OptimizerRule::sgd, .weight_decay = 1e-4, .momentum = 0.9, .nesterov = true};
  settings.augment = {.freq_masks = 0, .time_masks = 0, .shift = 0};
  settings.loss.mse_tags = {"a", "b", "c"};
  const train::LabelSet labels = {train::Task::multi_label, {"a", "b", "c"}};
  const train::Objective objective(settings, labels, {}, device);
  train::Optimizer optimizer(*network, settings.optim);
  train::TrainStep step(*network, objective, optimizer, settings, device);
  const double lr = golden.at("rule") == "adam" ? 1e-3 : 1e-1;
  for (std::size_t i = 0; i < golden.at("losses").size(); ++i) {
    const auto expected = golden.at("losses").at(i).get<double>();
    EXPECT_NEAR(step.run(batch, static_cast<std::int64_t>(i), {.lr = lr}), expected, 1e-4 * expected)
        << "step " << i;
  }
  expect_logits("after");
}

std::string name_of_run(const testing::TestParamInfo<PonsNetworks::ParamType>& info) {
  const auto& [golden, device] = info.param;
  return golden.at("network").get<std::string>() + '_' + golden.at("rule").get<std::string>() + '_' +
         test::test_name(device);
}

INSTANTIATE_TEST_SUITE_P(Golden, PonsNetworks,
                         testing::Combine(testing::ValuesIn(pons_runs()),
                                          testing::ValuesIn(test::all_devices())),
                         name_of_run);

struct SizedPons {
  const char* arch;
  models::OptionValues options;
  std::int64_t labels, parameters;
};

TEST(PonsSizes, HaveThePublishedNumbersOfParameters) {
  const std::int64_t filters = 64, units = 200, half = 8, doubled = 128, nine = 9;
  const std::vector<SizedPons> published = {
      {"pons_spectrogram", {}, 50, 5924154},
      {"pons_spectrogram", {}, 139, 5968743},
      {"pons_spectrogram", {{"channels", half}}, 50, 5067642},
      {"pons_spectrogram", {{"channels", half}, {"back_filters", filters}, {"units", units}}, 50, 222878},
      {"pons_waveform", {}, 50, 5377082},
      {"pons_waveform", {{"channels", doubled}}, 50, 7034554},
      {"pons_waveform", {{"layers", nine}}, 139, 5520743},
  };
  for (const SizedPons& p : published) {
    const layers::UninitializedScope extents_only;
    EXPECT_EQ(models::find_architecture(p.arch).make_network(p.options, p.labels)->parameter_count(),
              p.parameters)
        << p.arch;
  }
}

TEST(PonsSizes, HaveThePublishedCostAndShapes) {
  const auto spectrogram = summarise(models::find_architecture("pons_spectrogram"));
  EXPECT_EQ(spectrogram.macs, 4943147848.0);
  const auto waveform = summarise(models::find_architecture("pons_waveform"));
  EXPECT_EQ(waveform.macs, 2145186216.0);
  std::map<std::string, Shape> layers;
  for (const auto* summary : {&spectrogram, &waveform}) {
    for (const models::LayerSummary& layer : summary->layers) layers[layer.name] = layer.output;
  }
  EXPECT_EQ(layers.at("front.timbral1"), (Shape{938, 16}));
  EXPECT_EQ(layers.at("front.timbral6"), (Shape{938, 64}));
  EXPECT_EQ(layers.at("front.temporal2"), (Shape{938, 32}));
  EXPECT_EQ(layers.at("front.conv0"), (Shape{80000, 64}));
  EXPECT_EQ(layers.at("front.conv1"), (Shape{26666, 64}));
  EXPECT_EQ(layers.at("front.conv6"), (Shape{108, 256}));
  EXPECT_EQ(waveform.outputs[2].shape, (Shape{108, 256}));
  EXPECT_EQ(spectrogram.outputs[2].shape, (Shape{938, 464}));
}

TEST(PonsSizes, AreRecognisedByTheirTensors) {
  for (const PonsJson& golden : pons_runs()) {
    const std::string arch = golden.at("network");
    const auto network = models::find_architecture(arch).make_network(options_of(golden), kTags);
    const auto found = models::recognise(models::export_state(*network));
    ASSERT_EQ(found.size(), 1u) << arch;
    EXPECT_EQ(found.front().arch, arch);
    EXPECT_EQ(found.front().labels, kTags);
    for (const auto& [key, value] : golden.at("options").items())
      EXPECT_EQ(found.front().options.at(key), models::OptionValue(value.get<std::int64_t>())) << key;
  }
}

TEST(PonsSizes, RefuseChunksThatAreTooShort) {
  for (const char* arch : {"pons_spectrogram", "pons_waveform"}) {
    try {
      make_checked_network(models::find_architecture(arch), {{"samples", std::int64_t{1024}}}, kTags);
      ADD_FAILURE() << arch;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(),
                  testing::AllOf(testing::HasSubstr("model.samples = 1024: expected at least "),
                                 testing::HasSubstr(arch), testing::HasSubstr("at least 8 frames")));
    }
  }
}

}  // namespace
}  // namespace sonograd
