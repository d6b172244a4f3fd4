// Sounds and files that the audio tests share.
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <numbers>
#include <sndfile.h>
#include <string>
#include <vector>

#include "audio/decode.h"
#include "tests/support/files.h"

namespace sonograd::audio {

/// A folder of its own for each test, emptied before it.
inline std::filesystem::path test_folder() {
  const auto* const running = testing::UnitTest::GetInstance()->current_test_info();
  return test::temporary_folder(std::string(running->test_suite_name()) + "-" + running->name());
}

/// `count` samples of a sine of `amplitude`, `frequency` Hz at `sample_rate` Hz.
inline std::vector<float> sine(std::int64_t count, double frequency, int sample_rate,
                               double amplitude = 0.5) {
  std::vector<float> samples;
  for (std::int64_t t = 0; t < count; ++t) {
    const double phase = 2 * std::numbers::pi * frequency * static_cast<double>(t) / sample_rate;
    samples.push_back(static_cast<float>(amplitude * std::sin(phase)));
  }
  return samples;
}

/// `count` samples of noise in [-0.5, 0.5), which a lossy encoder cannot make small.
inline std::vector<float> noise(std::int64_t count) {
  std::vector<float> samples;
  std::uint32_t state = 1;
  for (std::int64_t t = 0; t < count; ++t) {
    state = state * 1664525u + 1013904223u;
    samples.push_back(static_cast<float>(state >> 8) / 16777216.0f - 0.5f);
  }
  return samples;
}

/// Writes mono samples in any format that libsndfile has.
inline void write_in_format(const std::filesystem::path& path, int format, const std::vector<float>& samples,
                            int sample_rate) {
  SF_INFO info{.samplerate = sample_rate, .channels = 1, .format = format};
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(file, nullptr) << std::hex << format << sf_strerror(nullptr);
  int mode = SF_BITRATE_MODE_VARIABLE;
  sf_command(file, SFC_SET_BITRATE_MODE, &mode, sizeof mode);
  sf_writef_float(file, samples.data(), static_cast<sf_count_t>(samples.size()));
  sf_close(file);
}

inline constexpr int kMp3 = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

struct DecodedFile : SourceReport {
  int sample_rate = 0;
  int channels = 0;
  std::vector<float> interleaved;

  std::int64_t frames() const { return static_cast<std::int64_t>(interleaved.size()) / channels; }
};

/// The whole file, read `block` frames at a time.
inline DecodedFile decode_all(const std::filesystem::path& path, std::int64_t block = 4096) {
  Decoder decoder(path);
  DecodedFile file{.sample_rate = decoder.sample_rate(), .channels = decoder.channels()};
  std::vector<float> buffer(static_cast<std::size_t>(block * decoder.channels()));
  while (const std::int64_t frames = decoder.read(buffer)) {
    file.interleaved.insert(file.interleaved.end(), buffer.begin(),
                            buffer.begin() + frames * decoder.channels());
  }
  static_cast<SourceReport&>(file) = decoder.report();
  return file;
}

}  // namespace sonograd::audio
