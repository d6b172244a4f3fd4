// Options without an effect: refused where a user states them, and in no list of the options of a model.
#include "models/core/used_options.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/train/table_files.h"

namespace sonograd::models {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string refused_effect(const char* arch, const OptionValues& options) {
  return train::message_of<ConfigError>([&] { require_effects(find_architecture(arch), options); });
}

std::vector<std::string> used_paths(const char* arch, const OptionValues& options) {
  std::vector<std::string> paths;
  for (const UsedOption& used : used_options(find_architecture(arch), options))
    paths.push_back(used.option.path());
  return paths;
}

TEST(UsedOptions, AreRefusedWithoutAnEffectUnlessAtTheirDefault) {
  EXPECT_EQ(
      refused_effect("fcn", {{"center", false}, {"pad_mode", "zero"}}),
      "front_end.pad_mode = zero: it has no effect with front_end.center = false; expected its default, "
      "reflect");
  EXPECT_EQ(refused_effect("fcn", {{"center", false}, {"pad_mode", "reflect"}}), "");
  EXPECT_EQ(refused_effect("fcn", {{"pad_mode", "zero"}}), "");
  EXPECT_THAT(refused_effect("harmonic_cnn", {{"center", false}, {"pad_mode", "zero"}}),
              HasSubstr("front_end.center = false"));
  for (const char* const key : {"amin", "reference", "top_db"}) {
    const OptionValues options = {{"compression", "natural"}, {key, 0.5}};
    EXPECT_THAT(refused_effect("musicnn", options), HasSubstr("with front_end.compression = natural")) << key;
    EXPECT_EQ(refused_effect("musicnn", {{key, 0.5}}), "") << key;
  }
  EXPECT_THAT(refused_effect("musicnn", {{"offset", 0.5}}),
              HasSubstr("front_end.offset = 0.5: it has no effect with front_end.compression = decibel"));
  EXPECT_THAT(refused_effect("musicnn_tf", {{"amin", 0.5}}), HasSubstr("compression = log10_scaled"));
  EXPECT_THAT(refused_effect("musicnn", {{"window", "rectangular"}, {"periodic", false}}),
              HasSubstr("with front_end.window = rectangular"));
}

TEST(UsedOptions, OfNonLocalBlocksRequireSome) {
  for (const char* const key : {"non_local_first", "non_local_step", "non_local_count"}) {
    for (const char* const arch : {"fcn", "sample_cnn", "pons_waveform", "combined"})
      EXPECT_THAT(refused_effect(arch, {{key, std::int64_t{3}}}), HasSubstr("with model.non_local = none"))
          << arch << ' ' << key;
  }
  EXPECT_THAT(refused_effect("fcn", {{"non_local_subsampled", false}}),
              HasSubstr("with model.non_local = none"));
  EXPECT_THAT(refused_effect("fcn", {{"non_local", "gaussian"}, {"non_local_step", std::int64_t{1}}}),
              HasSubstr("with model.non_local_count = 1; expected its default, 2"));
  EXPECT_EQ(refused_effect("fcn", {{"non_local", "gaussian"},
                                   {"non_local_first", std::int64_t{1}},
                                   {"non_local_step", std::int64_t{1}},
                                   {"non_local_count", std::int64_t{2}}}),
            "");
}

TEST(UsedOptions, OfNonLocalBlocksNameALayerOfTheNetwork) {
  const auto refusal = [](const char* arch, std::int64_t first, OptionValues options = {}) {
    options["non_local"] = "gaussian";
    options["non_local_first"] = first;
    return train::message_of<ConfigError>([&] { find_architecture(arch).make_network(options, 2); });
  };
  for (const auto& [arch, layers] : {std::pair<const char*, std::int64_t>{"fcn", 5},
                                     {"short_chunk_cnn", 7},
                                     {"sample_cnn", 11},
                                     {"pons_spectrogram", 3},
                                     {"combined", 7}}) {
    EXPECT_THAT(refusal(arch, layers + 1),
                HasSubstr(concat("model.non_local_first = ", layers + 1, ": expected 1 to ", layers)))
        << arch;
    EXPECT_EQ(refusal(arch, layers), "") << arch;
  }
  EXPECT_THAT(refusal("combined", 5, {{"back", "recurrent"}}), HasSubstr("expected 1 to 4"));
}

TEST(UsedOptions, AreThoseOfTheFrontAndBackEndOfAModel) {
  const auto waveform = used_paths("combined", {{"front", "waveform"}, {"back", "fcn"}});
  EXPECT_THAT(waveform, testing::IsSupersetOf({"model.front", "front_end.sample_rate", "model.samples",
                                               "model.waveform_channels", "model.channels"}));
  for (const char* const other :
       {"front_end.n_mels", "front_end.hop_length", "front_end.harmonics", "model.gru_units"})
    EXPECT_THAT(waveform, Not(Contains(other)));
  const auto log_mel = used_paths("combined", {});
  EXPECT_THAT(log_mel, Contains("front_end.n_mels"));
  EXPECT_THAT(log_mel, Not(Contains("front_end.offset"))) << "of another compression";
  EXPECT_THAT(log_mel, Not(Contains("model.non_local_first")));
  EXPECT_THAT(used_paths("combined", {{"non_local", "gaussian"}}), Contains("model.non_local_first"));
  EXPECT_THAT(refused_effect("combined", {{"front", "waveform"}, {"n_mels", std::int64_t{40}}}),
              HasSubstr("front_end.n_mels = 40: it has no effect with model.front = waveform; expected its "
                        "default, 128"));
}

TEST(UsedOptions, AllHaveAnEffectInANetworkWithoutConditions) {
  const Architecture crnn = find_architecture("crnn");
  for (const char* const key : {"channels", "units", "layers", "dropout", "samples", "n_mels"})
    EXPECT_THAT(used_paths("crnn", {}), Contains(crnn.options.at(key).path()));
}

TEST(OptionValues, AreValuesOfTheirKindInJson) {
  EXPECT_EQ(json_of<nlohmann::json>(OptionValue(true)).dump(), "true");
  EXPECT_EQ(json_of<nlohmann::json>(OptionValue(std::int64_t{3})).dump(), "3");
  EXPECT_EQ(json_of<nlohmann::ordered_json>(OptionValue(0.5)).dump(), "0.5");
  EXPECT_EQ(json_of<nlohmann::ordered_json>(OptionValue("hann")).dump(), "\"hann\"");
}

}  // namespace
}  // namespace sonograd::models
