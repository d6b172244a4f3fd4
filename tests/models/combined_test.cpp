// Every front end before every back end, at small sizes.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "models/core/architecture.h"
#include "models/core/import.h"
#include "models/core/model.h"
#include "models/core/recognise.h"
#include "models/core/weights.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/files.h"
#include "tests/support/noise_batch.h"
#include "tests/train/tiny_run.h"
#include "train/config/config.h"
#include "train/optim/step.h"

namespace sonograd::models {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kShortLength = 2048;

OptionValues combination(const std::string& front, const std::string& back) {
  OptionValues options = {{"front", front},
                          {"back", back},
                          {"channels", std::int64_t{2}},
                          {"dropout", 0.0},
                          {"samples", kShortLength},
                          {"sample_rate", std::int64_t{4000}},
                          {"n_fft", std::int64_t{128}},
                          {"hop_length", std::int64_t{64}}};
  if (front == "log_mel") {
    options["n_mels"] = std::int64_t{20};
    options["f_max"] = 2000.0;
  } else {
    options["harmonics"] = std::int64_t{3};
    options["filters_per_semitone"] = std::int64_t{1};
  }
  return options;
}

ModelDraft draft_of(const OptionValues& options) {
  ModelDescription about;
  about.arch = "combined";
  about.options = options;
  about.labels = {"a", "b", "c"};
  ModelDraft draft = make_model(std::move(about));
  test::lcg_fill(*draft.network);
  return draft;
}

Tensor combined_logits(const Network& network, Device device = {}) {
  const NoGrad no_grad;
  const Tensor signal = test::lcg_signal(kShortLength, 4000).to(device);
  return network.logits(Variable(network.features(signal))).data().to(Device{});
}

void expect_same_bits(const Tensor& a, const Tensor& b) {
  ASSERT_EQ(a.shape(), b.shape());
  EXPECT_EQ(0, std::memcmp(a.data<float>(), b.data<float>(), a.bytes()));
}

double train_steps(Network& network, std::int64_t steps, Device device) {
  network.train(true);
  network.to(device);
  train::Settings settings;
  const train::Objective objective(settings, {train::Task::multi_label, {"a", "b", "c"}}, {}, device);
  train::Optimizer optimizer(network, settings.optim);
  train::TrainStep step(network, objective, optimizer, settings, device);
  const train::Batch batch = train::noise_batch(4, kShortLength, 3);
  double loss = 0;
  for (std::int64_t i = 0; i < steps; ++i) loss = step.run(batch, i, {.lr = 1e-2});
  return loss;
}

using FrontAndBack = std::tuple<std::string, std::string>;

class Combinations : public testing::TestWithParam<FrontAndBack> {
 protected:
  OptionValues options_ = combination(std::get<0>(GetParam()), std::get<1>(GetParam()));
};

TEST_P(Combinations, TrainAreSavedAndLoaded) {
  ModelDraft draft = draft_of(options_);
  const double first = train_steps(*draft.network, 1, Device{});
  EXPECT_TRUE(std::isfinite(first));
  EXPECT_LT(train_steps(*draft.network, 8, Device{}), first);
  draft.network->train(false);
  const auto path = test::temporary_path("combined.safetensors");
  save_model(path, draft);
  const auto model = load_model(path);
  EXPECT_TRUE(model->warnings().empty());
  EXPECT_EQ(model->about().options, draft.about.options);
  draft.network->prepare(Device{});
  expect_same_bits(combined_logits(model->network()), combined_logits(*draft.network));
}

TEST_P(Combinations, GiveTheOutputsThatTheyAnnounce) {
  const ModelDraft draft = draft_of(options_);
  draft.network->train(false);
  const NoGrad no_grad;
  Outputs outputs({kLogits, kPenultimate});
  draft.network->forward(Variable(draft.network->features(test::lcg_signal(kShortLength, 4000))), outputs);
  for (const OutputInfo& info : draft.network->outputs())
    EXPECT_EQ(outputs[info.name].shape(), (Shape{1, info.shape[0]})) << info.name;
}

TEST_P(Combinations, AreRecognisedByTheirTensors) {
  const ModelDraft draft = draft_of(options_);
  const auto found = recognise(export_state(*draft.network));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].arch, "combined");
  EXPECT_EQ(found[0].labels, 3);
  for (const char* const key : {"front", "back", "channels", "n_fft"})
    EXPECT_EQ(found[0].options.at(key), options_.at(key)) << key;
}

TEST_P(Combinations, AreTheSameOnEveryDevice) {
  const ModelDraft draft = draft_of(options_);
  draft.network->train(false);
  const Tensor expected = combined_logits(*draft.network);
  double largest = 0;
  for (const float logit : expected.span<float>()) largest = std::max(largest, std::abs(double{logit}));
  for (const Device device : test::accelerators()) {
    draft.network->to(device);
    const Tensor actual = combined_logits(*draft.network, device);
    for (std::int64_t i = 0; i < expected.numel(); ++i)
      EXPECT_NEAR(actual.data<float>()[i], expected.data<float>()[i], 1e-4 * largest) << device << ' ' << i;
  }
}

INSTANTIATE_TEST_SUITE_P(FrontsAndBacks, Combinations,
                         testing::Combine(testing::Values("log_mel", "harmonic"),
                                          testing::Values("vgg", "residual", "fcn")),
                         [](const auto& test) {
                           return std::get<0>(test.param) + '_' + std::get<1>(test.param);
                         });

TEST(Combined, PoolsMapsOfEverySizeToOnePosition) {
  for (const char* const back : {"vgg", "residual", "fcn"}) {
    for (const auto& [samples, bands] :
         {std::pair<std::int64_t, std::int64_t>{256, 1}, {256, 300}, {20000, 5}}) {
      SCOPED_TRACE(testing::Message() << back << ' ' << samples << ' ' << bands);
      OptionValues options = combination("log_mel", back);
      options["samples"] = samples;
      options["n_mels"] = bands;
      const auto network = find_architecture("combined").make_network(options, 2);
      network->train(false);
      const NoGrad no_grad;
      const Tensor logits = network->logits(Variable(network->features(Tensor::zeros({2, samples})))).data();
      EXPECT_EQ(logits.shape(), (Shape{2, 2}));
    }
  }
}

TEST(Combined, RefusesOptionsOfAnotherFrontEnd) {
  const Architecture architecture = find_architecture("combined");
  const auto refusal = [&](const char* front, const char* key, const OptionValue& value) {
    OptionValues options = combination(front, "vgg");
    options[key] = value;
    return train::message_of<ConfigError>([&] { architecture.make_network(options, 2); });
  };
  EXPECT_THAT(refusal("harmonic", "n_mels", std::int64_t{40}),
              HasSubstr("front_end.n_mels = 40: model.front = harmonic has no such option"));
  EXPECT_THAT(refusal("log_mel", "harmonics", std::int64_t{4}),
              HasSubstr("front_end.harmonics = 4: model.front = log_mel has no such option"));
  EXPECT_THAT(refusal("harmonic", "lowest_note", 120.0), HasSubstr("lowest note 120"));
}

TEST(Combined, IsConfiguredByWords) {
  const auto merged = [](const char* key, const char* value) {
    return train::merge_config({.flags = {{"train.arch", "combined", "--arch"}, {key, value, "--set"}}});
  };
  EXPECT_EQ(merged("model.front", "harmonic").model.at("front"), OptionValue("harmonic"));
  EXPECT_THAT(train::format_config(merged("model.back", "residual")), HasSubstr("[vgg|residual|fcn]"));
  EXPECT_THAT(train::message_of<ConfigError>([&] { merged("model.back", "rnn"); }),
              HasSubstr("expected vgg|residual|fcn"));
}

}  // namespace
}  // namespace sonograd::models
