// The dialects of the front end against librosa, torchaudio and musicnn's formula: the values in golden/log_mel.json (made by
// golden/make_log_mel.py), on every device.
#include "layers/log_mel.h"

#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <numbers>

#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

using namespace layers;
using kernels::MelNorm;
using kernels::MelScale;
using kernels::PadMode;

constexpr std::int64_t kRate = 16000;

// As in make_log_mel.py.
Tensor signal() {
  const Tensor x = Tensor::empty({1, kRate});
  std::uint32_t state = 1;
  for (std::int64_t n = 0; n < kRate; ++n) {
    state = 1664525u * state + 1013904223u;
    const double tone = std::sin(2 * std::numbers::pi * 440 * static_cast<double>(n) / kRate);
    const auto value = static_cast<float>(0.5 * (state * 0x1p-32 - 0.5) + 0.25 * tone);
    x.data<float>()[n] = n < kRate / 2 ? value : value * 0.001f;
  }
  return x;
}

struct Dialect {
  std::string name;
  LogMelOptions options;
  double tolerance;  // absolute: of dB or of logarithms; float32 on both sides
};

LogMelOptions options(bool slaney) {
  LogMelOptions result = {.n_mels = 40, .f_min = 50, .f_max = 7600};
  if (slaney) result.mel_scale = MelScale::slaney, result.mel_norm = MelNorm::slaney;
  return result;
}

std::vector<Dialect> dialects() {
  std::vector<Dialect> all;
  const auto add = [&](std::string name, bool slaney, double tolerance) -> LogMelOptions& {
    return all.emplace_back(std::move(name), options(slaney), tolerance).options;
  };
  add("torchaudio", false, 1e-3);

  LogMelOptions& magnitude = add("torchaudio, symmetric window, magnitude, zeros, 60 dB", true, 1e-3);
  magnitude.win_length = 401;
  magnitude.periodic = false;
  magnitude.power = 1;
  magnitude.pad_mode = PadMode::zero;
  magnitude.compression = Compression::amplitude_decibel;
  magnitude.db.top_db = 60;

  LogMelOptions& natural = add("torchaudio, not centred, ln", false, 1e-4);
  natural.center = false;
  natural.win_length = 400;
  natural.compression = Compression::natural;

  add("librosa, 30 dB, reference 0.5", true, 1e-3).db = {.ref = 0.5, .amin = 1e-9, .top_db = 30};

  LogMelOptions& hamming = add("librosa, hamming, amplitude", true, 1e-3);
  hamming.power = 1;
  hamming.window = WindowShape::hamming;
  hamming.win_length = 300;
  hamming.center = false;
  hamming.compression = Compression::amplitude_decibel;
  hamming.db.amin = 1e-5;

  LogMelOptions& rectangular = add("librosa, rectangular", false, 0);
  rectangular.window = WindowShape::rectangular;
  rectangular.pad_mode = PadMode::zero;
  rectangular.compression = Compression::none;

  LogMelOptions& square = add("librosa, decibels of the square, 80 dB", true, 2e-3);
  square.compression = Compression::amplitude_decibel;
  square.db = {.amin = 1e-5, .top_db = 80};

  LogMelOptions& below = add("librosa, 40 dB below the maximum", true, 1e-3);
  below.db.top_db = 40;
  below.below_maximum = true;

  LogMelOptions& clamped = add("librosa, ln above 1e-4", true, 1e-4);
  clamped.compression = Compression::natural_clamped;
  clamped.db.amin = 1e-4;

  add("musicnn", true, 1e-4).compression = Compression::log10_scaled;
  return all;
}

const nlohmann::json& golden() {
  static const nlohmann::json values =
      nlohmann::json::parse(std::ifstream(SONOGRAD_SOURCE_DIR "/tests/golden/log_mel.json"));
  return values;
}

void expect_golden(const Dialect& dialect, const Tensor& map) {
  SCOPED_TRACE(dialect.name);
  const nlohmann::json& entry = golden().at(dialect.name);
  const std::int64_t frames = entry["shape"][0], bands = entry["shape"][1];
  ASSERT_EQ(map.shape(), (Shape{1, frames, bands, 1}));
  const std::vector<double> values = entry["values"];
  std::size_t next = 0;
  for (std::int64_t t = 0; t < frames; t += static_cast<std::int64_t>(entry["stride"][0])) {
    for (std::int64_t m = 0; m < bands; m += static_cast<std::int64_t>(entry["stride"][1])) {
      const double expected = values.at(next++);
      EXPECT_NEAR(map.data<float>()[t * bands + m], expected, dialect.tolerance + 1e-5 * std::abs(expected))
          << t << ' ' << m;
    }
  }
  EXPECT_EQ(next, values.size());
}

TEST(LogMel, SpeaksTheDialectsOfLibrosaTorchaudioAndMusicnn) {
  EXPECT_EQ(golden().size(), dialects().size() + 1)
      << "every entry has a dialect, and there are the versions";
  for (const Dialect& dialect : dialects()) expect_golden(dialect, LogMel(dialect.options).forward(signal()));
}

TEST(LogMel, SpeaksThemOnTheEmulatedDevice) {
  const Device emulated{DeviceKind::emulated, 0};
  const Tensor x = signal().to(emulated);
  for (const Dialect& dialect : dialects()) {
    LogMel front_end(dialect.options);
    front_end.to(emulated);
    const Tensor map = front_end.forward(x);
    EXPECT_EQ(map.device(), emulated);
    expect_golden(dialect, map.to(Device{}));
  }
}

TEST(LogMel, RangeOfAnExampleDoesNotDependOnTheBatch) {
  LogMelOptions options = {.n_mels = 20};
  options.db.top_db = 20;
  const LogMel front_end(options);
  const Tensor x = random_tensor({3, 4000});
  for (float& sample : x.rows(1, 1).span<float>()) sample *= 100;
  const Tensor together = front_end.forward(x);
  for (std::int64_t n = 0; n < 3; ++n) {
    const Tensor alone = front_end.forward(x.rows(n, 1));
    EXPECT_TRUE(std::ranges::equal(together.rows(n, 1).span<float>(), alone.span<float>())) << n;
  }
}

// As torchaudio's AmplitudeToDB and librosa, whose smallest range is 0.
TEST(LogMel, LimitsTheRangeFrom0On) {
  const Tensor x = random_tensor({1, 4000});
  for (const Compression compression : {Compression::decibel, Compression::amplitude_decibel}) {
    for (const double range : {0.0, 1e-4, 1.0}) {
      const Tensor y = LogMel({.n_mels = 20, .compression = compression, .db = {.top_db = range}}).forward(x);
      const auto [least, most] = std::ranges::minmax(y.span<float>());
      EXPECT_NEAR(most - least, range, 2e-5) << range;
    }
  }
}

TEST(LogMel, SilenceIsTheFloorOfItsCompression) {
  const auto floor_of = [](Compression compression, int power) {
    LogMelOptions options = {.power = power, .compression = compression};
    return LogMel(options).forward(Tensor::zeros({1, 1024})).data<float>()[0];
  };
  EXPECT_NEAR(floor_of(Compression::decibel, 2), -100, 1e-4);
  EXPECT_NEAR(floor_of(Compression::amplitude_decibel, 1), -200, 1e-4);
  EXPECT_NEAR(floor_of(Compression::natural, 1), std::log(1e-6), 1e-5);
  EXPECT_NEAR(floor_of(Compression::natural_clamped, 2), std::log(1e-10), 1e-5);
  EXPECT_EQ(floor_of(Compression::log10_scaled, 2), 0);
  EXPECT_EQ(floor_of(Compression::none, 1), 0);
}

TEST(LogMel, RefusesOptionsOutOfRange) {
  EXPECT_THROW(LogMel({.hop_length = 0}), ConfigError);
  EXPECT_THROW(LogMel({.n_mels = 0}), ConfigError);
  EXPECT_THROW(LogMel({.f_max = 8001}), ConfigError);
  EXPECT_THROW(LogMel({.win_length = 513}), ConfigError);
  EXPECT_THROW(LogMel({.win_length = -1}), ConfigError);
  EXPECT_THROW(LogMel({.power = 3}), ConfigError);
  EXPECT_THROW(LogMel({.db = {.amin = 0}}), ConfigError);
  EXPECT_THROW(LogMel({.db = {.ref = -1}}), ConfigError);
  EXPECT_THROW(LogMel({.db = {.top_db = -1}}), ConfigError);
  EXPECT_THROW(LogMel({.offset = 0}), ConfigError);
}

}  // namespace
}  // namespace sonograd
