// The sample-level networks, the transformers and the latent-factor network: sizes of their own, lengths, names and outputs.
#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "models/core/architecture.h"
#include "models/core/recognise.h"
#include "models/core/summary.h"
#include "models/core/weights.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"

namespace sonograd::models {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::ThrowsMessage;

struct SmallNetwork {
  const char* arch;
  OptionValues options;
};
void PrintTo(const SmallNetwork& network, std::ostream* out) {
  *out << network.arch;
}

const SmallNetwork kSmallNetworks[] = {
    {"sample_cnn", {{"channels", 2}}},
    {"sample_cnn_se", {{"channels", 2}}},
    {"cnnsa", {{"channels", 4}, {"heads", 2}, {"depth", 3}, {"samples", 16000}, {"n_mels", 128}}},
    {"music_tagging_transformer",
     {{"channels", 2}, {"width", 16}, {"heads", 4}, {"depth", 2}, {"positions", 200}, {"samples", 20000}}},
};

class SequenceNetwork : public testing::TestWithParam<SmallNetwork> {
 protected:
  std::unique_ptr<Network> make(std::int64_t labels) const {
    OptionValues options = GetParam().options;
    options["dropout"] = 0.0;
    if (std::string_view(GetParam().arch) == "cnnsa")
      options["block_dropout"] = options["attention_dropout"] = 0.0;
    return find_architecture(GetParam().arch).make_network(options, labels);
  }
};

TEST_P(SequenceNetwork, DerivesItsSizesFromTheTensors) {
  const auto network = make(5);
  const std::vector<RecognisedNetwork> found = recognise(export_state(*network));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front().arch, GetParam().arch);
  EXPECT_EQ(found.front().labels, 5);
  for (const auto& [key, value] : GetParam().options) {
    if (key == "samples" || key == "heads") continue;  // not in the tensors
    EXPECT_EQ(found.front().options.at(key), value) << key;
  }
}

TEST_P(SequenceNetwork, LogitsAndGradientsAgreeOnEveryDevice) {
  const auto results = [&](Device device) {
    const auto network = make(4);
    test::lcg_fill_published(*network);
    network->to(device);
    const Input input = network->input();
    const Tensor signal = test::lcg_signal(2 * input.samples, static_cast<double>(input.sample_rate))
                              .reshape({2, input.samples})
                              .to(device);
    const Variable logits = network->logits(Variable(network->features(signal)));
    backward(logits, test::lcg_signal(8, 8000).reshape({2, 4}).to(device));
    std::map<std::string, Tensor> all = {{"logits", logits.data().to(Device{})}};
    for (const layers::StateEntry& entry : network->state()) {
      if (entry.kind == layers::StateKind::parameter && entry.parameter->gradient().defined())
        all[entry.name] = entry.parameter->gradient().to(Device{});
    }
    return all;
  };
  const auto expected = results(Device{});
  for (const Device device : test::accelerators()) {
    const auto actual = results(device);
    ASSERT_EQ(actual.size(), expected.size());
    for (const auto& [name, tensor] : actual) {
      const auto wanted = expected.at(name).span<float>();
      float largest = 0;
      for (const float value : wanted) largest = std::max(largest, std::abs(value));
      for (std::size_t i = 0; i < wanted.size(); ++i)
        ASSERT_NEAR(tensor.span<float>()[i], wanted[i], 5e-3f * largest + 1e-5f) << name << ' ' << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Small, SequenceNetwork, testing::ValuesIn(kSmallNetworks),
                         [](const auto& test) { return std::string(test.param.arch); });

std::vector<std::string> published_names(const char* arch, const OptionValues& options) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : export_state(*find_architecture(arch).make_network(options, 3)))
    names.push_back(name);
  return names;
}

TEST(SampleLevel, FilesHaveThePublishedNames) {
  const auto plain = published_names("sample_cnn", {{"channels", 2}});
  EXPECT_EQ(plain.size(), 79u);
  EXPECT_THAT(plain, testing::IsSupersetOf({"layer1.conv.weight", "layer11.bn.running_var", "dense.bias"}));
  const auto gated = published_names("sample_cnn_se", {{"channels", 2}});
  EXPECT_EQ(gated.size(), 228u);
  EXPECT_THAT(gated,
              testing::IsSupersetOf({"layer1.conv_3.weight", "layer1.dense1.weight", "layer11.dense2.bias",
                                     "dense1.weight", "bn.running_mean", "dense2.weight"}));
}

TEST(SampleLevel, ExpectsAChunkThatLeavesOnePosition) {
  for (const char* const arch : {"sample_cnn", "sample_cnn_se"}) {
    const auto network = find_architecture(arch).make_network({{"channels", 1}, {"samples", 118098}}, 3);
    network->train(false);
    const NoGrad no_grad;
    EXPECT_THAT(
        [&] {
          network->logits(Variable(network->features(Tensor::zeros({1, 118098}))));
        },
        ThrowsMessage<ShapeError>(HasSubstr("choose another model.samples")));
  }
}

TEST(Cnnsa, FilesHaveThePublishedNames) {
  const auto names = published_names("cnnsa", {{"channels", 4}});
  EXPECT_EQ(names.size(), 190u);
  EXPECT_THAT(names, testing::IsSupersetOf(
                         {"encoder.layer.0.attention.self.query.weight",
                          "encoder.layer.1.attention.output.dense.bias",
                          "encoder.layer.1.attention.output.LayerNorm.weight",
                          "encoder.layer.0.intermediate.dense.weight", "encoder.layer.0.output.dense.weight",
                          "encoder.layer.0.output.LayerNorm.bias", "pooler.dense.weight", "dense.weight"}));
}

TEST(Cnnsa, OtherHeightsAreRefused) {
  const auto network =
      find_architecture("cnnsa").make_network({{"channels", 4}, {"samples", 16000}, {"n_mels", 256}}, 3);
  EXPECT_THAT(
      [&] {
        network->logits(Variable(network->features(Tensor::zeros({1, 16000}))));
      },
      ThrowsMessage<ShapeError>(HasSubstr("choose another front_end.n_mels")));
  EXPECT_THROW(find_architecture("cnnsa").make_network({{"channels", 4}, {"heads", 3}}, 3), ConfigError);
}

TEST(MusicTaggingTransformer, FilesHaveThePublishedNames) {
  const auto names = published_names("music_tagging_transformer", {{"channels", 2}, {"width", 8}});
  EXPECT_EQ(names.size(), 108u);
  EXPECT_THAT(names,
              testing::IsSupersetOf(
                  {"pos_embedding", "cls_token", "frontend.input_bn.weight", "frontend.layer1.conv_3.weight",
                   "frontend.fc.weight", "transformer.layers.3.0.fn.norm.weight",
                   "transformer.layers.0.0.fn.fn.to_qkv.weight", "transformer.layers.0.0.fn.fn.to_out.0.bias",
                   "transformer.layers.0.1.fn.norm.bias", "transformer.layers.0.1.fn.fn.net.0.weight",
                   "transformer.layers.0.1.fn.fn.net.3.weight", "mlp_head.0.weight", "mlp_head.1.weight"}));
  EXPECT_THAT(names, testing::Not(Contains("transformer.layers.0.0.fn.fn.to_qkv.bias")));
}

TEST(MusicTaggingTransformer, StudentAndOtherLengths) {
  const Architecture architecture = find_architecture("music_tagging_transformer");
  const NetworkSummary student = summarise(architecture, {{"width", 64}});
  EXPECT_EQ(student.parameters, 1108852);
  EXPECT_EQ(student.macs, 13370961024.0);
  EXPECT_EQ(summarise(architecture, {{"samples", 330750}}).macs, 20646941184.0);
  for (const auto& [seconds, tokens] : {std::pair{5, 55}, {10, 108}, {15, 162}, {30, 324}}) {
    const auto network = architecture.make_network(
        {{"channels", 1}, {"width", 8}, {"samples", std::int64_t{22050} * seconds}}, 3);
    EXPECT_EQ(network->outputs().back().shape, (Shape{4, 8, tokens, tokens})) << seconds << " s";
  }
  EXPECT_THAT(
      [&] {
        architecture.make_network({{"samples", 22050 * 60}}, 3);
      },
      ThrowsMessage<ConfigError>(HasSubstr("expects at least 646")));
}

TEST(Transformers, AttentionWeightsAreAnOutput) {
  for (const SmallNetwork& small : {kSmallNetworks[2], kSmallNetworks[3]}) {
    SCOPED_TRACE(small.arch);
    const auto network = find_architecture(small.arch).make_network(small.options, 3);
    test::lcg_fill_published(*network);
    network->train(false);
    const NoGrad no_grad;
    const Input input = network->input();
    const Tensor signal = test::lcg_signal(input.samples, static_cast<double>(input.sample_rate));
    const Variable features(network->features(signal));
    Outputs outputs({kLogits, "attention"});
    network->forward(features, outputs);
    EXPECT_TRUE(std::ranges::equal(outputs[kLogits].data().span<float>(),
                                   network->logits(features).data().span<float>()));
    const Tensor weights = outputs["attention"].data();
    Shape expected = {1};
    const std::vector<OutputInfo> infos = network->outputs();
    for (const std::int64_t extent : infos.back().shape) expected.push_back(extent);
    ASSERT_EQ(weights.shape(), expected);
    const std::int64_t tokens = weights.shape()[-1];
    for (std::int64_t row = 0; row < weights.numel() / tokens; ++row) {
      double sum = 0;
      for (std::int64_t i = 0; i < tokens; ++i) sum += weights.data<float>()[row * tokens + i];
      ASSERT_NEAR(sum, 1, 1e-5);
    }
  }
}

// Behind layers 2 and 4. A new block is the identity, so that the logits are those of the network without blocks.
TEST(NonLocalPlaces, AreOptionsOfTheNetworks) {
  const OptionValues places = {
      {"non_local", "dot_product"}, {"non_local_first", 2}, {"non_local_step", 2}, {"non_local_count", 2}};
  for (const auto& [arch, samples] : {std::pair{"sample_cnn", 59049},
                                      {"sample_cnn_se", 59049},
                                      {"cnnsa", 16000},
                                      {"short_chunk_cnn", 33000},
                                      {"short_chunk_cnn_res", 33000},
                                      {"fcn", 327680}}) {
    SCOPED_TRACE(arch);
    // Few positions: blocks behind the fourth layer from the end on.
    OptionValues options = {{"channels", 2}, {"samples", samples}};
    if (std::string_view(arch) == "cnnsa") options["heads"] = 2;
    OptionValues with_blocks = options;
    with_blocks.insert(places.begin(), places.end());
    if (std::string_view(arch).starts_with("sample")) with_blocks["non_local_first"] = 6;
    if (std::string_view(arch) == "fcn") with_blocks["non_local_first"] = 4;
    const Architecture architecture = find_architecture(arch);
    const auto plain = architecture.make_network(options, 3),
               blocks = architecture.make_network(with_blocks, 3);
    EXPECT_GT(blocks->parameter_count(), plain->parameter_count());
    for (const auto& [name, tensor] : export_state(*plain)) {
      for (const layers::StateEntry& entry : blocks->state()) {
        if (blocks->published(entry).name == name)
          entry.tensor.copy_from(blocks->published(entry).from_file(tensor));
      }
    }
    blocks->state_changed();
    plain->train(false), blocks->train(false);
    const NoGrad no_grad;
    const Variable features(plain->features(test::lcg_signal(samples, 16000)));
    const Tensor expected = plain->logits(features).data(), actual = blocks->logits(features).data();
    EXPECT_TRUE(std::ranges::equal(actual.span<float>(), expected.span<float>()));
  }
  const auto names = published_names("sample_cnn", {{"channels", 2}, {"non_local", "gaussian"}});
  EXPECT_THAT(names, Contains("layer2.non_local.g.weight"));
  EXPECT_THAT(names, testing::Not(Contains("layer4.non_local.g.weight")));
}

// Behind ReLU all channels are 0, where the root of the sum of squares has no slope.
TEST(LatentFactorCnn, SilentChannelsHaveAFiniteGradient) {
  const auto network =
      find_architecture("latent_factor_cnn")
          .make_network({{"channels", 2}, {"units", 3}, {"dropout", 0.0}, {"samples", 131072}}, 2);
  for (const layers::StateEntry& entry : network->state()) {
    if (entry.name == "layer4.conv.bias")
      for (float& value : entry.tensor.span<float>()) value = -1e6f;
  }
  network->state_changed();
  const Variable logits = network->logits(Variable(network->features(Tensor::zeros({1, 131072}))));
  backward(logits, Tensor::full(logits.shape(), 1));
  for (const Variable& parameter : network->parameters()) {
    for (const float slope : parameter.gradient().span<float>()) ASSERT_TRUE(std::isfinite(slope));
  }
}

}  // namespace
}  // namespace sonograd::models
