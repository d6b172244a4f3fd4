// Every front end before every back end, at small sizes.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

#include "autograd/tape.h"
#include "models/backs/back_choice.h"
#include "models/core/architecture.h"
#include "models/core/import.h"
#include "models/core/model.h"
#include "models/core/recognise.h"
#include "models/core/shape_check.h"
#include "models/core/weights.h"
#include "models/fronts/front_choice.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/files.h"
#include "tests/support/noise_batch.h"
#include "tests/train/tiny_run.h"
#include "train/config/config.h"
#include "train/optim/step.h"

namespace sonograd::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::int64_t kShortLength = 4096;

// Small sizes of all options that decide how long a test takes, and no randomness in training.
const OptionValues kSmallSizes = {{"samples", kShortLength},
                                  {"sample_rate", std::int64_t{4000}},
                                  {"n_fft", std::int64_t{128}},
                                  {"hop_length", std::int64_t{256}},
                                  {"n_mels", std::int64_t{67}},
                                  {"f_max", 2000.0},
                                  {"n_mfcc", std::int64_t{7}},
                                  {"deltas", std::int64_t{2}},
                                  {"harmonics", std::int64_t{3}},
                                  {"filters_per_semitone", std::int64_t{1}},
                                  {"musicnn_filters", std::int64_t{2}},
                                  {"pons_filters", std::int64_t{1}},
                                  {"pons_layers", std::int64_t{5}},
                                  {"pons_channels", std::int64_t{3}},
                                  {"waveform_blocks", std::int64_t{4}},
                                  {"waveform_channels", std::int64_t{10}},
                                  {"channels", std::int64_t{4}},
                                  {"dropout", 0.0},
                                  {"gru_units", std::int64_t{5}},
                                  {"gru_layers", std::int64_t{1}},
                                  {"heads", std::int64_t{2}},
                                  {"depth", std::int64_t{1}},
                                  {"attention_dropout", 0.0},
                                  {"back_filters", std::int64_t{6}},
                                  {"units", std::int64_t{7}}};
// Options that tensors do not contain.
const std::set<std::string_view> kNotInTensors = {"samples", "sample_rate",          "hop_length",
                                                  "f_max",   "filters_per_semitone", "dropout",
                                                  "heads",   "attention_dropout"};

template <class Kind>
const Kind& kind_named(const std::vector<Kind>& kinds, std::string_view name) {
  return *std::ranges::find(kinds, name, &Kind::name);
}

template <class Kind>
std::vector<std::string> names_of(const std::vector<Kind>& kinds) {
  std::vector<std::string> names;
  for (const Kind& kind : kinds) names.push_back(kind.name);
  return names;
}

OptionValues combination(const std::string& front, const std::string& back) {
  OptionValues options = {{"front", front}, {"back", back}};
  for (const OptionTable& own :
       {kind_named(all_fronts(), front).options, kind_named(all_backs(), back).options}) {
    for (const Option& option : own) {
      const auto small = kSmallSizes.find(option.key);
      if (small != kSmallSizes.end()) options.insert(*small);
    }
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

// The rate is so small that the loss falls in every step, whatever the rounding.
double train_steps(Network& network, std::int64_t steps, Device device) {
  network.train(true);
  network.to(device);
  train::Settings settings;
  settings.augment = {.freq_masks = 0, .time_masks = 0, .shift = 0};
  const train::Objective objective(settings, {train::Task::multi_label, {"a", "b", "c"}}, {}, device);
  train::Optimizer optimizer(network, settings.optim);
  train::TrainStep step(network, objective, optimizer, settings, device);
  const train::Batch batch = train::noise_batch(4, kShortLength, 3);
  double loss = 0;
  for (std::int64_t i = 0; i < steps; ++i) loss = step.run(batch, i, {.lr = 3e-5});
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
  const Variable features(draft.network->features(test::lcg_signal(kShortLength, 4000)));
  for (const OutputInfo& info : draft.network->outputs()) {
    Outputs outputs({info.name});
    draft.network->forward(features, outputs);
    Shape expected = {1};
    for (const std::int64_t extent : info.shape) expected.push_back(extent);
    EXPECT_EQ(outputs[info.name].shape(), expected) << info.name;
  }
}

TEST_P(Combinations, AreRecognisedByTheirTensors) {
  const ModelDraft draft = draft_of(options_);
  const auto found = recognise(export_state(*draft.network));
  if (options_.at("front") == OptionValue("harmonic") && options_.at("back") == OptionValue("pons")) {
    // The number of filters, which decides the width of the back end, follows from the sample rate.
    EXPECT_TRUE(found.empty());
    return;
  }
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].arch, "combined");
  EXPECT_EQ(found[0].labels, 3);
  for (const auto& [key, value] : options_) {
    if (kNotInTensors.contains(key)) continue;
    EXPECT_EQ(found[0].options.at(key), value) << key;
  }
}

INSTANTIATE_TEST_SUITE_P(FrontsAndBacks, Combinations,
                         testing::Combine(testing::ValuesIn(names_of(all_fronts())),
                                          testing::ValuesIn(names_of(all_backs()))),
                         [](const auto& test) {
                           return std::get<0>(test.param) + "_and_" + std::get<1>(test.param);
                         });

// Every front end and every back end once.
class PartsOnDevices : public testing::TestWithParam<std::size_t> {};

TEST_P(PartsOnDevices, AreTheSameOnEveryDevice) {
  const std::string front = all_fronts()[GetParam() % all_fronts().size()].name,
                    back = all_backs()[GetParam() % all_backs().size()].name;
  SCOPED_TRACE(testing::Message() << front << " and " << back);
  OptionValues options = combination(front, back);
  options["non_local"] = "embedded_gaussian";
  const ModelDraft draft = draft_of(options);
  draft.network->train(false);
  const Tensor expected = combined_logits(*draft.network);
  double largest = 0;
  for (const float logit : expected.span<float>()) largest = std::max(largest, std::abs(double{logit}));
  EXPECT_GT(largest, 0);
  for (const Device device : test::accelerators()) {
    draft.network->to(device);
    const Tensor actual = combined_logits(*draft.network, device);
    for (std::int64_t i = 0; i < expected.numel(); ++i)
      EXPECT_NEAR(actual.data<float>()[i], expected.data<float>()[i], 1e-4 * largest) << device << ' ' << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Pairs, PartsOnDevices,
                         testing::Range<std::size_t>(0, std::max(all_fronts().size(), all_backs().size())));

class BackEnds : public testing::TestWithParam<std::string> {};

TEST_P(BackEnds, HaveNonLocalBlocksBehindEveryBlock) {
  OptionValues options = combination("log_mel", GetParam());
  const auto make = [&](std::int64_t first, std::int64_t step) {
    options["non_local"] = "embedded_gaussian";
    options["non_local_first"] = first;
    options["non_local_step"] = step;
    options["non_local_count"] = std::int64_t{64};
    return draft_of(options);
  };
  const auto parts_of = [](const Network& network) {
    std::vector<std::string> names;
    for (const layers::StateInfo& entry : network.state()) {
      if (entry.name.ends_with(".theta.weight")) names.push_back(entry.name);
    }
    return names;
  };
  const ModelDraft all = make(1, 1), some = make(2, 2);
  const std::vector<std::string> places = parts_of(*all.network);
  ASSERT_GE(places.size(), 3u);
  EXPECT_EQ(parts_of(*some.network).size(), places.size() / 2);
  EXPECT_EQ(parts_of(*some.network).front(), places[1]);
  const double before = train_steps(*all.network, 1, Device{});
  EXPECT_LT(train_steps(*all.network, 8, Device{}), before);
  for (const auto& [draft, step] : {std::pair(&all, 1), {&some, 2}}) {
    const auto found = recognise(export_state(*draft->network));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].options.at("non_local"), OptionValue("embedded_gaussian"));
    EXPECT_EQ(found[0].options.at("non_local_first"), OptionValue(std::int64_t{step}));
    EXPECT_EQ(found[0].options.at("non_local_count"), OptionValue(std::ssize(places) / step));
  }
}

TEST_P(BackEnds, TakeMapsOfEverySize) {
  for (const auto& [samples, bands] :
       {std::pair<std::int64_t, std::int64_t>{256, 1}, {256, 300}, {20000, 5}}) {
    SCOPED_TRACE(testing::Message() << samples << ' ' << bands);
    OptionValues options = combination("log_mel", GetParam());
    options["samples"] = samples;
    options["n_mels"] = bands;
    const auto logits = [&] {
      const auto network = make_checked_network(find_architecture("combined"), options, 2);
      network->train(false);
      const NoGrad no_grad;
      return network->logits(Variable(network->features(Tensor::zeros({2, samples})))).data();
    };
    if (GetParam() == "pons" && samples == 256) {
      EXPECT_THAT(train::message_of<ConfigError>(logits), HasSubstr("at least 8 frames"));
    } else {
      EXPECT_EQ(logits().shape(), (Shape{2, 2}));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Combined, BackEnds, testing::ValuesIn(names_of(all_backs())),
                         [](const auto& test) { return test.param; });

TEST(Combined, TellsConcatenationAndGaussianAffinitiesFromTensors) {
  for (const char* const affinity : {"gaussian", "concatenation"}) {
    OptionValues options = combination("log_mel", "fcn");
    options["non_local"] = affinity;
    const auto found = recognise(export_state(*draft_of(options).network));
    ASSERT_EQ(found.size(), 1u) << affinity;
    EXPECT_EQ(found[0].options.at("non_local"), OptionValue(affinity));
  }
}

TEST(Combined, RefusesOptionsOfAnotherPart) {
  const Architecture architecture = find_architecture("combined");
  const auto refusal = [&](const char* front, const char* back, const char* key, const OptionValue& value) {
    OptionValues options = combination(front, back);
    options[key] = value;
    return train::message_of<ConfigError>([&] { architecture.make_network(options, 2); });
  };
  EXPECT_THAT(refusal("harmonic", "vgg", "n_mels", std::int64_t{40}),
              HasSubstr("front_end.n_mels = 40: model.front = harmonic has no such option; expected its "
                        "default, 128"));
  EXPECT_THAT(refusal("log_mel", "vgg", "harmonics", std::int64_t{4}),
              HasSubstr("front_end.harmonics = 4: model.front = log_mel has no such option"));
  EXPECT_THAT(refusal("waveform", "vgg", "hop_length", std::int64_t{100}),
              HasSubstr("front_end.hop_length = 100: model.front = waveform has no such option"));
  EXPECT_THAT(
      refusal("log_mel", "vgg", "gru_units", std::int64_t{4}),
      HasSubstr("model.gru_units = 4: model.back = vgg has no such option; expected its default, 32"));
  EXPECT_THAT(refusal("log_mel", "pons", "channels", std::int64_t{4}),
              HasSubstr("model.channels = 4: model.back = pons has no such option"));
  EXPECT_THAT(refusal("harmonic", "vgg", "lowest_note", 120.0), HasSubstr("lowest note 120"));
}

TEST(Combined, RefusesChunksThatLeaveNoFrame) {
  const Architecture architecture = find_architecture("combined");
  for (const auto& [front, depth, length] : {std::tuple("waveform", "waveform_blocks", std::int64_t{7}),
                                             {"pons_waveform", "pons_layers", std::int64_t{6}}}) {
    OptionValues options = combination(front, "fcn");
    options["samples"] = std::int64_t{1000};
    options[depth] = length;
    EXPECT_THAT(train::message_of<ConfigError>([&] { make_checked_network(architecture, options, 2); }),
                AllOf(HasSubstr("model.samples = 1000: expected at least "), HasSubstr("one frame behind")))
        << front;
  }
}

TEST(Combined, IsConfiguredByWords) {
  const auto merged = [](const char* key, const char* value) {
    return train::merge_config({.flags = {{"train.arch", "combined", "--arch"}, {key, value, "--set"}}});
  };
  EXPECT_EQ(merged("model.front", "harmonic").model.at("front"), OptionValue("harmonic"));
  EXPECT_THAT(train::format_config(merged("model.back", "residual")),
              HasSubstr("[attention|fcn|pons|recurrent|residual|vgg]"));
  EXPECT_THAT(train::message_of<ConfigError>([&] { merged("model.back", "rnn"); }),
              HasSubstr("expected attention|fcn|pons|recurrent|residual|vgg"));
}

TEST(Combined, ListsOptionsOnceWithTheirOwners) {
  const OptionTable table = find_architecture("combined").options;
  EXPECT_EQ(table.begin()->key, "front");
  EXPECT_THAT(table.at("front").help, HasSubstr("front end: trained harmonic filters, log-mel maps, "));
  EXPECT_THAT(table.at("samples").help, testing::Not(HasSubstr("front =")));
  EXPECT_THAT(table.at("harmonics").help, HasSubstr("; front = harmonic"));
  EXPECT_THAT(table.at("n_mels").help, HasSubstr("; front = log_mel|mfcc|musicnn|pons_spectrogram"));
  EXPECT_THAT(table.at("gru_units").help, HasSubstr("; back = recurrent"));
}

// The options that the first version of `combined` had, and the names of its tensors.
TEST(Combined, ReadsFilesOfItsFirstVersion) {
  ModelDescription about;
  about.arch = "combined";
  about.options = {{"front", "harmonic"}, {"back", "residual"}, {"channels", std::int64_t{3}}};
  about.labels = {"a", "b"};
  auto metadata = to_metadata(about);
  nlohmann::json config = nlohmann::json::parse(metadata.at("config"));
  const std::set<std::string_view> first_version = {"front", "back", "channels", "dropout", "samples"};
  std::set<std::string> later;
  for (const auto& [key, value] : config["model"].items()) {
    if (!first_version.contains(key)) later.insert(key);
  }
  EXPECT_TRUE(later.contains("pons_filters"));
  for (const std::string& key : later) config["model"].erase(key);
  ASSERT_EQ(config["model"].size(), first_version.size());
  metadata["config"] = config.dump();
  std::vector<std::string> warnings;
  const ModelDescription read = from_metadata(metadata, &warnings);
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(read.options, find_architecture("combined").options.complete(about.options));

  const auto names_in = [](const char* front, const char* back) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : export_state(*draft_of(combination(front, back)).network))
      names.push_back(name);
    return names;
  };
  const auto vgg = names_in("log_mel", "vgg");
  EXPECT_EQ(vgg.size(), 2u + 5 + 7 * 7 + 4 + 5);
  EXPECT_THAT(vgg, testing::IsSupersetOf({"front.spec.mel_scale.fb", "front.spec_bn.weight",
                                          "back.blocks.0.conv.weight", "back.blocks.6.bn.running_var",
                                          "back.dense1.weight", "back.bn.weight", "back.dense2.bias"}));
  EXPECT_THAT(names_in("harmonic", "residual"),
              testing::IsSupersetOf({"front.hstft.bw_Q", "front.hstft.spec.window", "front.hstft_bn.bias",
                                     "back.blocks.6.conv_3.weight", "back.dense2.weight"}));
  EXPECT_THAT(names_in("log_mel", "fcn"),
              testing::IsSupersetOf({"back.blocks.4.conv.bias", "back.dense.weight"}));
}

}  // namespace
}  // namespace sonograd::models
