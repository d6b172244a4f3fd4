// Options of front ends that published weights do not contain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/core/architecture.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

using testing::ElementsAre;

// A front end of this file alone, without dialects.
struct EnvelopeFront {
  std::int64_t samples = 1000;
  std::int64_t decimation = 4;
  bool squared = false;

  void list(OptionList& all) {
    all.add("samples", samples, {1, 4096}, "chunk length in samples");
    all.add("front_end.decimation", decimation, {1, 64}, "samples of a value");
    all.add("front_end.squared", squared, "values are squared");
  }
};

struct EnvelopeOptions {
  EnvelopeFront front = {.decimation = 8};
  std::int64_t channels = 3;
};

TEST(FrontEnd, WithoutDialectsTakesGivenOptionsAndAssumesAllOthers) {
  const FrontEnd front_end = front_end_of<EnvelopeOptions>();
  EXPECT_THAT(front_end.dialects, ElementsAre("published"));
  OptionValues values = {{"channels", std::int64_t{5}}};
  const FrontEndSource source = {.arch = "envelope", .given = {{"squared", true}}};
  EXPECT_THAT(front_end.complete(front_end.options, source, values),
              ElementsAre("model.samples=1000", "front_end.decimation=8"));
  EXPECT_EQ(values.at("squared"), OptionValue(true));
  EXPECT_EQ(values.at("channels"), OptionValue(std::int64_t{5}));
}

OptionValues completed(const FrontEndSource& source, OptionValues values) {
  const Architecture architecture = find_architecture("short_chunk_cnn");
  values = architecture.options.complete(values);
  architecture.front_end.complete(architecture.front_end.options, source, values);
  return values;
}

// Signatures of torchaudio 2.1 and librosa 0.10.
TEST(FrontEnd, DialectsOfLogMelHaveTheDefaultsOfTheirLibraries) {
  using W = std::int64_t;
  const OptionValues torchaudio = {
      {"sample_rate", W{16000}},  {"n_fft", W{400}},       {"hop_length", W{200}},
      {"n_mels", W{128}},         {"f_min", 0.0},          {"f_max", 8000.0},
      {"win_length", W{0}},       {"window", "hann"},      {"periodic", true},
      {"center", true},           {"pad_mode", "reflect"}, {"power", W{2}},
      {"mel_scale", "htk"},       {"mel_norm", "none"},    {"amin", 1e-10},
      {"compression", "decibel"}, {"reference", 1.0},      {"top_db", 0.0}};
  OptionValues librosa = torchaudio;
  for (const auto& [key, value] : OptionValues{{"sample_rate", W{22050}},
                                               {"n_fft", W{2048}},
                                               {"hop_length", W{512}},
                                               {"f_max", 11025.0},
                                               {"pad_mode", "zero"},
                                               {"mel_scale", "slaney"},
                                               {"mel_norm", "slaney"},
                                               {"top_db", 80.0}})
    librosa.at(key) = value;
  // None of the values of torchaudio, so that none is left as it was.
  const OptionValues others = {
      {"sample_rate", W{11025}}, {"n_fft", W{1024}}, {"hop_length", W{100}}, {"n_mels", W{40}},
      {"f_min", 20.0},           {"f_max", 4000.0},  {"win_length", W{800}}, {"window", "hamming"},
      {"periodic", false},       {"center", false},  {"pad_mode", "zero"},   {"mel_scale", "slaney"},
      {"mel_norm", "slaney"},    {"power", W{1}},    {"amin", 1e-5},         {"compression", "log10_scaled"},
      {"reference", 2.0},        {"top_db", 40.0},   {"samples", W{65536}}};
  for (const auto& [dialect, defaults] : {std::pair("torchaudio", torchaudio), {"librosa", librosa}}) {
    const OptionValues values = completed({.arch = "short_chunk_cnn", .dialect = dialect}, others);
    for (const auto& [key, value] : defaults) EXPECT_EQ(values.at(key), value) << dialect << ' ' << key;
    EXPECT_EQ(values.at("samples"), others.at("samples"));
  }
  EXPECT_EQ(completed({.arch = "short_chunk_cnn", .dialect = "published"}, others).at("f_min"),
            OptionValue(20.0));
}

TEST(FrontEnd, AStoredFilterBankKeepsItsOptions) {
  FrontEndSource source = {
      .arch = "short_chunk_cnn", .dialect = "librosa", .filter_bank = FilterBank::stored};
  const OptionValues values = completed(source, {{"n_fft", std::int64_t{1024}}});
  EXPECT_EQ(values.at("n_fft"), OptionValue(std::int64_t{1024}));
  EXPECT_EQ(values.at("mel_scale"), OptionValue("htk"));
  EXPECT_EQ(values.at("top_db"), OptionValue(80.0));
  source.dialect = "torchaudio";
  EXPECT_EQ(completed(source, {{"n_fft", std::int64_t{1024}}}).at("hop_length"),
            OptionValue(std::int64_t{512}));
  source.dialect = "";
  EXPECT_THROW(completed(source, {{"n_fft", std::int64_t{1024}}}), ConfigError);
  EXPECT_NO_THROW(completed(source, {}));
  EXPECT_THAT(all_dialects(), ElementsAre("published", "torchaudio", "librosa"));
}

}  // namespace
}  // namespace sonograd::models
