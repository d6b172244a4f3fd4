// Options with which a network cannot take its own chunks: refused where the network is made, by the options that decide it.
#include "models/core/shape_check.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "layers/init.h"
#include "models/core/model.h"
#include "models/core/model_error.h"
#include "models/core/network_graph.h"
#include "models/core/summary.h"
#include "models/core/weights.h"
#include "tests/models/lcg.h"
#include "tests/support/files.h"
#include "tests/train/table_files.h"

namespace sonograd::models {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ModelDescription shape_description(const std::string& arch, const OptionValues& options) {
  ModelDescription about;
  about.arch = arch;
  about.options = options;
  about.labels = {"a", "b", "c"};
  return about;
}

std::string shape_refusal(const std::string& arch, const OptionValues& options) {
  const layers::UninitializedScope extents_only;
  return train::message_of<ConfigError>([&] { make_model(shape_description(arch, options)); });
}

TEST(ShapeCheck, NamesOptionNearestValueNetworkLayerAndInput) {
  EXPECT_THAT(shape_refusal("crnn", {{"samples", std::int64_t{12000}}}),
              AllOf(StartsWith("model.samples = 12000: expected at least 24320 (crnn, layer4 behind layer3 "
                               "[1, 4, 128]: "),
                    HasSubstr("got [1, 1, 4, 128]")));
  EXPECT_EQ(shape_refusal("crnn", {{"samples", std::int64_t{24320}}}), "");
  EXPECT_THAT(shape_refusal("crnn", {{"samples", std::int64_t{24319}}}), HasSubstr("at least 24320"));
  EXPECT_THAT(shape_refusal("crnn", {{"n_mels", std::int64_t{192}}, {"samples", std::int64_t{49152}}}),
              StartsWith("front_end.n_mels = 192: expected at most 191 (crnn, behind layer4 [2, 2, 128]: "));
  EXPECT_THAT(shape_refusal("crnn", {{"n_mels", std::int64_t{192}}, {"samples", std::int64_t{12000}}}),
              StartsWith("front_end.n_mels = 192: expected at most 191; model.samples = 12000: expected at "
                         "least 24320 (crnn, "));
}

// Each of these options suits the other, and neither suits the default of it.
TEST(ShapeCheck, TakesOptionsThatSuitEachOtherAlone) {
  const std::int64_t minute = std::int64_t{22050} * 60;
  EXPECT_EQ(
      shape_refusal("music_tagging_transformer", {{"samples", minute}, {"positions", std::int64_t{700}}}),
      "");
  EXPECT_THAT(shape_refusal("music_tagging_transformer", {{"samples", minute}}),
              HasSubstr("model.positions"));
  EXPECT_THAT(
      shape_refusal("music_tagging_transformer",
                    {{"samples", minute}, {"positions", std::int64_t{700}}, {"n_mels", std::int64_t{4}}}),
      StartsWith("front_end.n_mels = 4: expected at least 8 (music_tagging_transformer, "));
}

// The value that an error states is possible, and the next one is not.
TEST(ShapeCheck, StatesTheLastPossibleLengthOfEveryNetwork) {
  for (const Architecture& architecture : all_architectures()) {
    for (const std::int64_t samples : {std::int64_t{1024}, std::int64_t{2000000}}) {
      SCOPED_TRACE(concat(architecture.name, ' ', samples));
      OptionValues options = {{"samples", samples}};
      if (architecture.options.find("channels") != nullptr) options["channels"] = std::int64_t{8};
      const std::string message = shape_refusal(architecture.name, options);
      if (message.empty()) continue;
      EXPECT_THAT(message, HasSubstr("model.samples = "));
      EXPECT_THAT(message, Not(HasSubstr("\n")));
      const std::string bound = samples == 1024 ? ": expected at least " : ": expected at most ";
      const std::size_t at = message.find(bound);
      if (at == std::string::npos) continue;  // by the front end, in its own words
      const std::int64_t possible = std::stoll(message.substr(at + bound.size()));
      options["samples"] = possible;
      EXPECT_EQ(shape_refusal(architecture.name, options), "");
      options["samples"] = possible + (samples == 1024 ? -1 : 1);
      EXPECT_NE(shape_refusal(architecture.name, options), "");
    }
  }
}

TEST(ShapeCheck, OfPartsNamesTheLengthAndNotTheWord) {
  EXPECT_THAT(shape_refusal("combined", {{"back", "pons"}, {"samples", std::int64_t{1000}}}),
              AllOf(StartsWith("model.samples = 1000: expected at least "), HasSubstr("[pons]"),
                    Not(HasSubstr("model.back"))));
  EXPECT_THAT(shape_refusal("combined", {{"front", "harmonic"}, {"samples", std::int64_t{256}}}),
              StartsWith("model.samples = 256: expected at least "));
}

TEST(ShapeCheck, IsMadeByAllThatMakeANetworkOfOptions) {
  const Architecture crnn = find_architecture("crnn");
  const OptionValues options = {{"samples", std::int64_t{12000}}};
  const auto expected = HasSubstr("model.samples = 12000: expected at least 24320");
  EXPECT_THAT(train::message_of<ConfigError>([&] { summarise(crnn, options); }), expected);
  EXPECT_THAT(train::message_of<ConfigError>([&] { graph_of(crnn, options); }), expected);
  EXPECT_THAT(train::message_of<ConfigError>([&] { make_checked_network(crnn, options, 3); }), expected);
}

TEST(ShapeCheck, RefusesModelFiles) {
  const OptionValues options = {{"samples", std::int64_t{12000}}, {"channels", std::int64_t{2}}};
  const Architecture crnn = find_architecture("crnn");
  ModelDraft draft = {shape_description("crnn", crnn.options.complete(options)),
                      crnn.make_network(options, 3)};
  const auto path = test::temporary_path("short.safetensors");
  save_model(path, draft);
  EXPECT_THAT(train::message_of<ModelError>([&] { load_model(path); }),
              AllOf(HasSubstr(path.string()), HasSubstr("model.samples = 12000: expected at least 24320")));
}

// The products of options are bounded, whichever front end makes them.
TEST(ShapeCheck, BoundsTheValuesOfEveryLayer) {
  const std::int64_t longest = std::int64_t{1} << 26;
  for (const auto& [arch, channels] :
       {std::pair("sample_cnn", "channels"), {"sample_cnn_se", "channels"}, {"pons_waveform", "channels"}}) {
    const OptionValues options = {{"samples", longest}, {channels, std::int64_t{1024}}};
    EXPECT_THAT(shape_refusal(arch, options),
                AllOf(HasSubstr("model.channels = 1024 with model.samples = 67108864"), HasSubstr("at most")))
        << arch;
  }
  for (const auto& [front, channels] :
       {std::pair("waveform", "waveform_channels"), {"pons_waveform", "pons_channels"}}) {
    const OptionValues options = {{"front", front}, {"samples", longest}, {channels, std::int64_t{1024}}};
    EXPECT_THAT(shape_refusal("combined", options),
                HasSubstr(concat("model.", channels, " = 1024 with model.samples = 67108864")))
        << front;
  }
  EXPECT_THAT(shape_refusal("combined", {{"front", "waveform"},
                                         {"waveform_blocks", std::int64_t{1}},
                                         {"samples", std::int64_t{600000}}}),
              AllOf(HasSubstr("model.samples = 600000: expected at most "), HasSubstr("[waveform]")));
  EXPECT_THAT(shape_refusal("crnn", {{"samples", std::int64_t{1} << 24}, {"channels", std::int64_t{4096}}}),
              AllOf(StartsWith("model.samples = 16777216: expected at most "),
                    HasSubstr("layer1 gives [32768, 48, 4096]")));
  EXPECT_THAT(shape_refusal("combined", {{"back", "attention"},
                                         {"samples", longest},
                                         {"hop_length", std::int64_t{8}},
                                         {"n_mels", std::int64_t{1}}}),
              AllOf(StartsWith("model.samples = 67108864: expected at most "), HasSubstr("[attention]")));
}

TEST(ShapeCheck, LeavesTheNetworkAsItIs) {
  const Architecture fcn = find_architecture("fcn");
  const OptionValues options = {{"channels", std::int64_t{2}}, {"samples", std::int64_t{327680}}};
  const auto network = fcn.make_network(options, 3);
  test::lcg_fill(*network);
  const io::NamedTensors before = export_state(*network);
  check_shapes(fcn, options, *network);
  EXPECT_TRUE(network->training());
  for (const auto& [name, tensor] : export_state(*network)) {
    if (tensor.dtype() != DType::f32) continue;
    EXPECT_TRUE(std::ranges::equal(tensor.span<float>(), before.at(name).span<float>())) << name;
  }
  const auto logits = [&] {
    const NoGrad no_grad;
    const Tensor signal = test::lcg_signal(327680, 16000);
    return network->logits(Variable(network->features(signal))).data();
  };
  network->train(false);
  const Tensor expected = logits();
  check_shapes(fcn, options, *network);
  EXPECT_FALSE(network->training());
  EXPECT_TRUE(std::ranges::equal(logits().span<float>(), expected.span<float>()));
}

}  // namespace
}  // namespace sonograd::models
