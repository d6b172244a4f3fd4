// A network that exists in this file alone: convolutions over a log-mel map, a sequence of frames, a gate and a pooling over
// time. The tests do with it everything that is done with the networks of models/taggers; no other file refers to it. Two of its
// tensors have the names by which models/core/known_networks recognises musicnn, as those of a coming network do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/tape.h"
#include "include/sonograd/tagger.h"
#include "layers/conv_unit.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "models/core/architecture.h"
#include "models/core/import.h"
#include "models/core/known_networks.h"
#include "models/core/model.h"
#include "models/core/model_error.h"
#include "models/core/recognise.h"
#include "models/core/summary.h"
#include "models/core/weights.h"
#include "models/fronts/log_mel_network.h"
#include "tensor/io/pth.h"
#include "tests/models/lcg.h"
#include "tests/support/files.h"
#include "tests/support/noise_batch.h"
#include "tests/train/tiny_run.h"
#include "train/config/config.h"
#include "train/optim/step.h"

namespace sonograd::models {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

enum class Pooling { mean, max };

class TinyCrnn final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = {
        .samples = 4096,
        .mel = {.sample_rate = 8000, .n_fft = 128, .hop_length = 64, .n_mels = 16, .f_max = 4000}};
    std::int64_t blocks = 2;
    bool gated = false;
    Pooling pooling = Pooling::mean;

    void list(OptionList& all) {
      front.list(all);
      all.add("blocks", blocks, {1, 4}, "convolutions, each of which halves time and frequency");
      all.add("gated", gated, "frames are weighed by a gate");
      all.add("pooling", pooling, {{"mean", Pooling::mean}, {"max", Pooling::max}}, "over the frames");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.blocks = count_layers(weights, "layers.", ".conv.weight");
    options.gated = weights.contains("gate.weight");
    return extent_of(weights, "dense1.weight", 0);
  }

  TinyCrnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {
    for (std::int64_t i = 0; i < options_.blocks; ++i)
      cnn_.emplace<layers::ConvUnit2d>(std::to_string(i), i == 0 ? 1 : kChannels, kChannels,
                                       layers::ConvUnit2d::Options{.pool = 2});
  }

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable map = cnn_.forward(features);  // [N, T, F, C]
    const Shape& shape = map.shape();
    Variable frames = tanh(sequence_.forward(reshape(map, {shape[0], shape[1], shape[2] * shape[3]})));
    outputs.set("frames", frames);
    if (gate_) frames = mul(frames, sigmoid(gate_->forward(frames)));
    const Variable pooled = options_.pooling == Pooling::max ? max(frames, {1}) : mean(frames, {1});
    outputs.set(kPenultimate, pooled);
    outputs.set(kLogits, out_.forward(pooled));
  }

  std::vector<OutputInfo> outputs() const override {
    const std::int64_t frames =
        (1 + options_.front.samples / options_.front.mel.hop_length) >> options_.blocks;
    return {logits_info(), penultimate_info(kWidth), {"frames", {frames, kWidth}, "one vector per frame"}};
  }

  // Published files call the convolutions `layers` and flatten a map channel by channel.
  PublishedTensor published(const layers::StateInfo& entry) const override {
    if (entry.name == "sequence.weight") return published_channel_major(entry, kChannels);
    return published_under(entry, "cnn.", "layers.");
  }

 private:
  static constexpr std::int64_t kChannels = 3, kWidth = 5;

  Options options_;
  layers::Part<layers::Sequential> cnn_{*this, "cnn"};
  layers::Part<layers::Linear> sequence_{*this, "sequence",
                                         kChannels*(options_.front.mel.n_mels >> options_.blocks), kWidth};
  std::optional<layers::Part<layers::Linear>> gate_ = make_gate();
  layers::Part<layers::Linear> out_{*this, "dense1", kWidth, labels()};

  std::optional<layers::Part<layers::Linear>> make_gate() {
    if (!options_.gated) return std::nullopt;
    return std::optional<layers::Part<layers::Linear>>(std::in_place, *this, "gate", kWidth, kWidth);
  }
};

class OneFileNetwork : public testing::Test {
 protected:
  static constexpr const char* kName = "tiny_crnn";

  AddedArchitecture added_{architecture_of<TinyCrnn>(
      {.name = kName, .summary = "convolutions and a sequence", .paper = "none, 2026"})};

  ModelDraft gated() const {
    ModelDescription about;
    about.arch = kName;
    about.options = {{"pooling", "max"}, {"gated", true}, {"blocks", 3}};
    about.labels = {"a", "b", "c"};
    ModelDraft draft = make_model(std::move(about));
    test::lcg_fill(*draft.network);
    return draft;
  }
};

Tensor logits_of(const Network& network) {
  const NoGrad no_grad;
  const Tensor features = network.features(test::lcg_signal(network.input().samples, 8000));
  return network.logits(Variable(features)).data();
}

void expect_equal_bits(const Tensor& a, const Tensor& b) {
  ASSERT_EQ(a.shape(), b.shape());
  for (std::size_t i = 0; i < a.span<float>().size(); ++i)
    EXPECT_EQ(a.span<float>()[i], b.span<float>()[i]) << i;
}

TEST_F(OneFileNetwork, IsListed) {
  std::vector<std::string> names, keys;
  for (const Architecture& architecture : all_architectures()) names.push_back(architecture.name);
  EXPECT_THAT(names, Contains(kName));
  const Architecture architecture = find_architecture(kName);
  for (const Option& option : architecture.options) keys.push_back(option.key);
  EXPECT_EQ(std::vector(keys.end() - 3, keys.end()),
            (std::vector<std::string>{"blocks", "gated", "pooling"}));
  EXPECT_THAT(keys, testing::Not(Contains("channels"))) << "an option of other networks";
  const NetworkSummary summary = summarise(architecture, {{"blocks", 1}}, 3);
  EXPECT_EQ(summary.input.sample_rate, 8000);
  EXPECT_EQ(summary.layers.front().output, (Shape{65, 16, 1}));
  EXPECT_EQ(summary.outputs.back().shape, (Shape{32, 5}));
  EXPECT_THROW(AddedArchitecture(find_architecture("fcn")), ConfigError);
}

TEST_F(OneFileNetwork, GivesTheOutputsThatItAnnounces) {
  const ModelDraft model = gated();
  model.network->train(false);
  EXPECT_THAT(model.about.outputs, ElementsAre("penultimate", "frames"));
  const NoGrad no_grad;
  const Variable features(model.network->features(Tensor::zeros({2, 4096})));
  Outputs outputs({"frames", kLogits});
  model.network->forward(features, outputs);
  EXPECT_EQ(outputs["frames"].shape(), (Shape{2, 8, 5}));
  EXPECT_EQ(outputs[kLogits].shape(), (Shape{2, 3}));
  EXPECT_THROW(outputs[kPenultimate], ConfigError);
}

TEST_F(OneFileNetwork, TrainsAStep) {
  const ModelDraft model = gated();
  model.network->train(true);
  train::Settings settings;
  const train::Objective objective(settings, {train::Task::multi_label, {"a", "b", "c"}}, {});
  train::Optimizer optimizer(*model.network, settings.optim);
  train::TrainStep step(*model.network, objective, optimizer, settings, Device{});
  const train::Batch batch = train::noise_batch(4, 4096, 3);
  const double before = step.run(batch, 0, {.lr = 1e-2});
  double after = before;
  for (std::int64_t i = 1; i < 5; ++i) after = step.run(batch, i, {.lr = 1e-2});
  EXPECT_LT(after, before);
}

TEST_F(OneFileNetwork, IsSavedWithItsOwnOptionsAndLoaded) {
  ModelDraft draft = gated();
  draft.network->train(false);
  const auto path = test::temporary_path("tiny_crnn.safetensors");
  save_model(path, draft);
  const auto model = load_model(path);
  EXPECT_EQ(model->about().options, draft.about.options);
  EXPECT_FALSE(model->about().options.contains("channels"));
  EXPECT_EQ(model->about().options.at("pooling"), OptionValue("max"));
  EXPECT_TRUE(model->warnings().empty());
  expect_equal_bits(logits_of(model->network()), logits_of(*draft.network));
}

TEST_F(OneFileNetwork, GivesOtherProgramsItsNamedOutputs) {
  ModelDraft draft = gated();
  draft.network->train(false);
  const auto path = test::temporary_path("tiny_crnn_outputs.safetensors");
  save_model(path, draft);
  const sonograd::Model model = sonograd::Model::load(path);
  ASSERT_EQ(model.outputs().size(), 3u);
  EXPECT_EQ(model.outputs().back().name, "frames");
  EXPECT_EQ(model.outputs().back().shape, (std::vector<std::int64_t>{8, 5}));

  const Tensor signal = test::lcg_signal(4096, 8000);
  const NoGrad no_grad;
  Outputs outputs({"frames"});
  draft.network->forward(Variable(draft.network->features(signal)), outputs);
  const ChunkOutputs frames = Tagger(model).output("frames", signal.span<float>(), 8000);
  EXPECT_EQ(frames.values.shape, (std::vector<std::int64_t>{1, 8, 5}));
  const std::span<const float> expected = outputs["frames"].data().span<float>();
  ASSERT_EQ(frames.values.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(frames.values.values[i], expected[i], 1e-6) << i;
}

TEST_F(OneFileNetwork, IsRecognisedByPublishedTensors) {
  ModelDraft draft = gated();
  draft.network->train(false);
  const io::NamedTensors published = export_state(*draft.network);
  EXPECT_EQ(published.at("layers.1.conv.weight").shape(), (Shape{3, 3, 3, 3}));
  const Tensor& sequence = published.at("sequence.weight");  // [5, C x F], ours [5, F x C]
  const Tensor ours = draft.network->state()[draft.network->state().size() - 6].tensor;
  ASSERT_EQ(ours.shape(), sequence.shape());
  EXPECT_EQ(sequence.data<float>()[1], ours.data<float>()[3]) << "the second band of the first channel";

  const auto path = test::temporary_path("tiny_crnn.pth");
  io::write_pth(path, published);
  const io::NamedTensors read = io::read_pth(path);
  const std::vector<RecognisedNetwork> candidates = recognise(read);
  ASSERT_EQ(candidates.size(), 1u);
  EXPECT_EQ(candidates[0].arch, kName);
  EXPECT_EQ(candidates[0].labels, 3);
  EXPECT_EQ(candidates[0].options.at("blocks"), OptionValue(std::int64_t{3}));
  EXPECT_EQ(candidates[0].options.at("gated"), OptionValue(true));
  OptionValues options = candidates[0].options;
  options["pooling"] = "max";  // does not follow from tensors
  const auto network = find_architecture(kName).make_network(options, 3);
  load_state(*network, read);
  network->train(false);
  expect_equal_bits(logits_of(*network), logits_of(*draft.network));
  EXPECT_EQ(filter_bank_of(*network, {read, {}}), FilterBank::stored);
}

TEST_F(OneFileNetwork, IsNotRefusedAsANetworkThatThisBuildLacks) {
  io::NamedTensors weights = export_state(*gated().network);
  weights.set("attention.weight", Tensor::zeros({2, 2}));
  EXPECT_EQ(network_beyond_this_build(weights, nearest_network(weights, {""})), "");
  io::NamedTensors wrapped;
  for (const auto& [name, tensor] : weights) wrapped.set("module." + name, tensor);
  EXPECT_EQ(network_beyond_this_build(wrapped, nearest_network(wrapped, prefixes_of(wrapped))), "");
  const io::NamedTensors others = {{"conv_block1.conv1.weight", Tensor::zeros({64, 1, 3, 3})},
                                   {"fc_audioset.weight", Tensor::zeros({527, 2048})}};
  EXPECT_THAT(network_beyond_this_build(others, std::nullopt), HasSubstr("PANNs"));
  for (const auto& [name, tensor] : others) weights.set(name, tensor);
  EXPECT_THAT(network_beyond_this_build(weights, nearest_network(weights, {""}, "fcn")), HasSubstr("PANNs"))
      << "the nearest network lacks those tensors";
}

TEST_F(OneFileNetwork, IsConvertedFromPublishedWeights) {
  ModelDraft draft = gated();
  draft.network->train(false);
  io::TensorFile file;
  for (const auto& [name, tensor] : export_state(*draft.network)) file.tensors.set("module." + name, tensor);
  const ImportedModel imported = import_weights(file, {.assignments = {"model.pooling = max"}});
  EXPECT_EQ(imported.prefix, "module.");
  EXPECT_TRUE(imported.left_out.empty());
  EXPECT_EQ(imported.draft.about.arch, kName);
  EXPECT_EQ(imported.draft.about.options, draft.about.options);
  EXPECT_THAT(imported.draft.about.labels, ElementsAre("tag00", "tag01", "tag02"));
  EXPECT_EQ(imported.draft.about.filter_bank, FilterBank::stored);
  EXPECT_THAT(imported.assumed, Contains("front_end.hop_length=64"));
  imported.draft.network->train(false);
  expect_equal_bits(logits_of(*imported.draft.network), logits_of(*draft.network));

  file.tensors.set("module.attention.weight", Tensor::zeros({2, 2}));
  const auto refusal = [&](const ImportOptions& options) {
    return train::message_of<Error>([&] { import_weights(file, options); });
  };
  EXPECT_THAT(refusal({}), HasSubstr("nearest is tiny_crnn under 'module.'"));
  EXPECT_THAT(import_weights(file, {.arch = kName}).left_out, ElementsAre("attention.weight"));
  EXPECT_THAT(refusal({.arch = kName, .dialect = "essentia"}), HasSubstr("--dialect: expected published"));
  EXPECT_THAT(refusal({.arch = kName, .assignments = {"model.block=3"}}),
              HasSubstr("--set model.block=3: there is no option model.block"));
  EXPECT_THAT(refusal({.arch = kName, .assignments = {"pooling=max"}}), HasSubstr("front_end.KEY=VALUE"));
  EXPECT_THAT(refusal({.arch = kName, .assignments = {"model.blocks=9"}}), HasSubstr("1 to 4"));
}

TEST_F(OneFileNetwork, IsSetUpAndTrainedLikeAllOthers) {
  const std::filesystem::path folder = test::temporary_folder("one_file_run");
  train::Settings settings = train::tiny_run(folder);
  const train::Settings merged = train::merge_config({.flags = {{"train.arch", kName, "--arch"},
                                                                {"model.pooling", "max", "--set"},
                                                                {"model.gated", "true", "--set"},
                                                                {"front_end.n_mels", "32", "--set"}}});
  EXPECT_THAT(train::format_config(merged), HasSubstr("[mean|max] over the frames; default mean"));
  settings.train.arch = kName;
  settings.train.epochs = 2;
  settings.model = merged.model;
  train::TestObserver observer;
  EXPECT_TRUE(train::start_run(settings, folder / "run", {"sonograd train", "1"}, observer).finished);
  const auto model = load_model(folder / "run" / "best.safetensors");
  EXPECT_EQ(model->about().options.at("n_mels"), OptionValue(std::int64_t{32}));
  EXPECT_EQ(model->about().options.at("gated"), OptionValue(true));

  const auto refusal = [](const char* key, const char* value) {
    return train::message_of<ConfigError>([&] {
      train::merge_config({.flags = {{"train.arch", kName, "--arch"}, {key, value, "--set"}}});
    });
  };
  EXPECT_THAT(refusal("model.pooling", "sum"), HasSubstr("--set: model.pooling = sum: expected mean|max"));
  EXPECT_THAT(refusal("model.gated", "3"), HasSubstr("true or false"));
  EXPECT_THAT(refusal("model.block", "3"), HasSubstr("did you mean model.blocks?"));
  EXPECT_THAT(refusal("front_end.blocks", "3"), HasSubstr("no option front_end.blocks"));
}

TEST(AddedArchitecture, IsForgottenWithTheObject) {
  const auto path = test::temporary_path("forgotten.safetensors");
  {
    const AddedArchitecture added(
        architecture_of<TinyCrnn>({.name = "fleeting", .summary = "", .paper = ""}));
    ModelDescription about;
    about.arch = "fleeting";
    about.labels = {"a"};
    save_model(path, make_model(about));
    EXPECT_NO_THROW(load_model(path));
  }
  EXPECT_THAT(train::message_of<ModelError>([&] { load_model(path); }),
              HasSubstr("no architecture 'fleeting'"));
}

}  // namespace
}  // namespace sonograd::models
