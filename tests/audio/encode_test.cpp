#include "audio/encode.h"

#include <gmock/gmock.h>
#include <set>
#include <span>

#include "audio/ogg_page.h"
#include "tensor/support/error.h"
#include "tests/audio/sound_files.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;

TEST(Encode, SixteenBitsRoundAndSaturate) {
  const fs::path path = test_folder() / "a.flac";
  write_sound(path, std::vector<float>{0.5f, 1.7f, -1.7f, 0.6f / 32768}, 16000, Encoding::flac_pcm16);
  EXPECT_THAT(decode_all(path).interleaved,
              testing::ElementsAre(0.5f, 32767.0f / 32768, -1.0f, 1.0f / 32768));
}

TEST(Encode, FloatsKeepTheirRange) {
  const fs::path path = test_folder() / "a.wav";
  write_sound(path, std::vector<float>{0.1f, -3.0f}, 16000, Encoding::wav_float);
  EXPECT_THAT(decode_all(path).interleaved, testing::ElementsAre(0.1f, -3.0f));
}

TEST(Encode, ReplacesAnEarlierFileAndLeavesNoOther) {
  const fs::path folder = test_folder();
  write_bytes(folder / "a.ogg", "something else");
  write_sound(folder / "a.ogg", sine(3 * 44100, 440, 44100), 44100, Encoding::ogg_vorbis);
  EXPECT_EQ(decode_all(folder / "a.ogg").frames(), 3 * 44100);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST(Encode, Mp3KeepsLengthAndLevel) {
  const fs::path folder = test_folder();
  write_sound(folder / "a.mp3", sine(3 * 16000, 440, 16000), 16000, Encoding::mp3);
  const auto back = decode_all(folder / "a.mp3");
  EXPECT_NEAR(static_cast<double>(back.frames()), 3 * 16000, 2400);
}

TEST(Encode, SameSamplesGiveTheSameBytes) {
  const fs::path folder = test_folder();
  for (const Encoding encoding : {Encoding::wav_pcm16, Encoding::wav_float, Encoding::flac_pcm16,
                                  Encoding::ogg_vorbis, Encoding::mp3}) {
    write_sound(folder / "a", noise(5000), 16000, encoding);
    write_sound(folder / "b", noise(5000), 16000, encoding);
    EXPECT_EQ(read_bytes(folder / "a"), read_bytes(folder / "b"));
  }
}

TEST(Encode, OggStreamsOfDifferentSoundsHaveDifferentSerialNumbersAndRightChecksums) {
  const fs::path folder = test_folder();
  std::set<std::uint32_t> serials;
  for (const double frequency : {300.0, 440.0}) {
    write_sound(folder / "a.ogg", sine(3 * 16000, frequency, 16000), 16000, Encoding::ogg_vorbis);
    const std::string bytes = read_bytes(folder / "a.ogg");
    std::span rest(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    std::set<std::uint32_t> of_file;
    while (const auto page = parse_ogg_page(rest)) {
      of_file.insert(page->serial);
      EXPECT_EQ(ogg_checksum(rest.first(page->bytes)), page->checksum);
      rest = rest.subspan(page->bytes);
    }
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(of_file.size(), 1);
    serials.merge(of_file);
  }
  EXPECT_EQ(serials.size(), 2);
}

TEST(Encode, TheChecksumOfAnOggPageIsThatOfLibogg) {
  // First page of a Vorbis stream of 16 kHz, mono, written by libogg 1.3.5; its checksum is in bytes 22 to 25.
  const std::string page = std::string(
      "\x4F\x67\x67\x53\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\xD4\xB9\x55\x1D\x00\x00"
      "\x00\x00\x59\x7F\x06\x58\x01\x1E\x01\x76\x6F\x72\x62\x69\x73\x00\x00\x00\x00\x01"
      "\x80\x3E\x00\x00\x00\x00\x00\x00\xC0\xDA\x00\x00\x00\x00\x00\x00\xA9\x01",
      58);
  const std::span bytes(reinterpret_cast<const unsigned char*>(page.data()), page.size());
  const auto parsed = parse_ogg_page(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->begins_stream);
  EXPECT_EQ(parsed->bytes, page.size());
  EXPECT_EQ(ogg_checksum(bytes), parsed->checksum);
}

TEST(Encode, FailsWhereItCannotWrite) {
  const fs::path folder = test_folder();
  const std::vector<float> samples(10);
  EXPECT_THROW(write_sound(folder / "no/a.wav", samples, 16000, Encoding::wav_pcm16), IoError);
  EXPECT_THROW(write_sound(folder / "a.flac", samples, 16000, Encoding::flac_pcm16, 10), ConfigError);
  EXPECT_FALSE(fs::exists(folder / "a.flac"));
}

}  // namespace
}  // namespace sonograd::audio
