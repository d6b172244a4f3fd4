#include "audio/load.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <limits>

#include "audio/encode.h"
#include "audio/pcm.h"
#include "tensor/support/error.h"
#include "tests/audio/sound_files.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Load, MixesAndResamples) {
  const fs::path path = test_folder() / "stereo.wav";
  const auto left = sine(3 * 44100 + 1, 500, 44100, 0.8);
  std::vector<float> interleaved;
  for (const float sample : left) interleaved.insert(interleaved.end(), {sample, sample / 2});
  write_sound(path, interleaved, 44100, Encoding::wav_float, 2);

  const Clip<float> clip = load_mono(path, 16000);
  EXPECT_EQ(clip.sample_rate, 16000);
  EXPECT_EQ(clip.warning, "");
  EXPECT_DOUBLE_EQ(clip.seconds, (3 * 44100 + 1) / 44100.0);
  EXPECT_NEAR(clip.rms, std::sqrt((0.64 + 0.16) / 4), 1e-3);
  const auto expected = sine(3 * 16000 + 1, 500, 16000, 0.6);
  ASSERT_EQ(clip.samples.size(), expected.size());
  for (std::size_t i = 400; i + 400 < expected.size(); ++i)
    ASSERT_NEAR(clip.samples[i], expected[i], 1e-4) << i;
}

TEST(Load, OppositeChannelsAreSilentInMono) {
  const fs::path path = test_folder() / "opposite.wav";
  std::vector<float> interleaved;
  for (const float sample : sine(16000, 500, 16000)) interleaved.insert(interleaved.end(), {sample, -sample});
  write_sound(path, interleaved, 16000, Encoding::wav_pcm16, 2);
  const Clip<float> clip = load_mono(path, 16000);
  EXPECT_EQ(clip.samples, std::vector<float>(16000));
  EXPECT_NEAR(clip.rms, 0.5 / std::sqrt(2), 1e-3);
}

TEST(Load, Pcm16IsTheRoundedFloat) {
  const fs::path path = test_folder() / "loud.wav";
  write_sound(path, sine(20000, 500, 22050, 1.5), 22050, Encoding::wav_float);
  const auto exact = load_mono(path, 16000);
  const auto rounded = load_mono_pcm16(path, 16000);
  std::vector<std::int16_t> expected(exact.samples.size());
  EXPECT_EQ(rounded.clipped, to_pcm16(exact.samples, expected));
  EXPECT_GT(rounded.clipped, 0);
  EXPECT_EQ(rounded.samples, expected);
}

TEST(Load, StreamsTheSameSamplesInSmallBlocks) {
  const fs::path path = test_folder() / "long.flac";
  write_sound(path, noise(300000), 44100, Encoding::flac_pcm16);
  ClipStream stream(path, 16000);
  EXPECT_EQ(stream.declared_samples(), resampled_length(300000, 44100, 16000));
  std::vector<float> samples;
  std::size_t largest = 0;
  for (auto block = stream.next(); !block.empty(); block = stream.next()) {
    samples.insert(samples.end(), block.begin(), block.end());
    largest = std::max(largest, block.size());
  }
  EXPECT_TRUE(stream.next().empty());
  EXPECT_LE(largest, 65536);
  EXPECT_EQ(samples, load_mono(path, 16000).samples);
}

TEST(Load, APartHasTheSamplesOfTheWholeFile) {
  const fs::path path = test_folder() / "long.flac";
  write_sound(path, noise(300000), 44100, Encoding::flac_pcm16);
  for (const int rate : {16000, 44100}) {
    const std::vector<float> whole = load_mono(path, rate).samples;
    const std::int64_t size = std::ssize(whole);
    const std::pair<std::int64_t, std::int64_t> parts[] = {
        {0, 1}, {0, 5000}, {12345, 40000}, {size - 10, 10}, {size - 10, 100}, {size, 5}, {size + 1000, 5}};
    for (const auto& [first, count] : parts) {
      SCOPED_TRACE(concat(rate, " Hz, ", count, " from ", first));
      int blocks = 0;
      const ClipPart part = load_mono_part(path, rate, first, count, [&] { ++blocks; });
      const auto begin = whole.begin() + std::min(first, size),
                 end = whole.begin() + std::min(first + count, size);
      EXPECT_EQ(part.samples, std::vector<float>(begin, end));
      EXPECT_GE(blocks, 1);
      if (std::ssize(part.samples) < count) {
        EXPECT_EQ(part.decoded, size);
        EXPECT_DOUBLE_EQ(part.seconds, 300000 / 44100.0);
      } else {
        EXPECT_LT(part.decoded, first + count + 65536) << "it is not decoded to its end";
      }
    }
    EXPECT_LT(load_mono_part(path, rate, 0, 1).seconds, 3);
  }
  EXPECT_THAT([&] { load_mono_part(path, 16000, 0, 1, [] { throw Error("stopped"); }); },
              ThrowsMessage<Error>("stopped"));
}

TEST(Load, DamageBehindAPartIsNotFound) {
  const fs::path path = test_folder() / "cut.wav";
  write_sound(path, noise(160000), 16000, Encoding::wav_pcm16);
  const std::string bytes = read_bytes(path);
  write_bytes(path, bytes.substr(0, bytes.size() - 16000));
  EXPECT_THAT(load_mono(path, 16000).warning, HasSubstr("cut short"));
  EXPECT_THAT(load_mono_part(path, 16000, 0, 200000).warning, HasSubstr("cut short"));
  EXPECT_EQ(load_mono_part(path, 16000, 16000, 32000).warning, "");
}

TEST(Load, APartIsReportedAsFarAsItIsRead) {
  const fs::path path = test_folder() / "floats.wav";
  std::vector<float> samples(160000, 0.25f);
  std::fill_n(samples.begin(), 80000, std::numeric_limits<float>::quiet_NaN());
  samples[159000] = 1000;
  write_sound(path, samples, 16000, Encoding::wav_float);
  EXPECT_THAT([&] { load_mono_part(path, 16000, 0, 16000); },
              ThrowsMessage<FormatError>(HasSubstr("floats.wav: none of its ")));
  const ClipPart part = load_mono_part(path, 16000, 80000, 16000);
  EXPECT_EQ(part.samples, std::vector<float>(16000, 0.25f));
  EXPECT_THAT(part.warning, testing::AllOf(HasSubstr("80000 samples are not finite"),
                                           testing::Not(HasSubstr("full scale"))));
  EXPECT_THAT(load_mono_part(path, 16000, 80000, 100000).warning, HasSubstr("full scale"));
}

TEST(Load, RefusesAFileWithoutSamples) {
  const fs::path path = test_folder() / "none.wav";
  write_sound(path, std::vector<float>(), 44100, Encoding::wav_pcm16);
  EXPECT_THAT([&] { load_mono(path, 16000); }, ThrowsMessage<FormatError>(HasSubstr("no samples")));
}

TEST(Load, RefusesAClipBeyondTheMemoryLimit) {
  const fs::path path = test_folder() / "silence.flac";
  write_sound(path, std::vector<float>(200000), 16000, Encoding::flac_pcm16);
  EXPECT_THAT([&] { load_mono(path, 16000, {.max_bytes = 10 * 16000 * sizeof(float)}); },
              ThrowsMessage<ClipTooLong>(HasSubstr("silence.flac: longer than 10 s")));
  EXPECT_EQ(load_mono_pcm16(path, 16000, {.max_bytes = 200000 * sizeof(std::int16_t)}).samples.size(),
            200000);
}

TEST(Load, ClipsAtATimeShareTheirLimit) {
  EXPECT_EQ(LoadLimits::shared_by(5, 1000).max_bytes, 200);
  EXPECT_EQ(LoadLimits::shared_by(1, std::uint64_t{1} << 40).max_bytes, LoadLimits().max_bytes);
}

}  // namespace
}  // namespace sonograd::audio
