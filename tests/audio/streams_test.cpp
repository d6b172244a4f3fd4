// Files with several streams, with streams that are longer than their header declares, and with tags around them.
#include <cstring>
#include <functional>
#include <gmock/gmock.h>

#include "audio/decode.h"
#include "audio/encode.h"
#include "audio/ogg_page.h"
#include "tensor/support/error.h"
#include "tests/audio/sound_files.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kStreamRate = 16000;
constexpr int kVorbis = SF_FORMAT_OGG | SF_FORMAT_VORBIS;
constexpr int kOpus = SF_FORMAT_OGG | SF_FORMAT_OPUS;
constexpr double kMp3Slack = 2400;
/// Longest delay of encoder and decoder and filling of the last frame: they are part of a stream without a frame count.
constexpr double kMp3Delay = 3000;

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}
std::string little_endian(std::uint32_t value) {
  const std::string bytes = big_endian(value);
  return {bytes.rbegin(), bytes.rend()};
}

/// Files of the running test, made of bytes.
class Streams : public testing::Test {
 protected:
  std::string encoded(int format, const std::vector<float>& samples, int rate = kStreamRate) {
    write_in_format(folder_ / "encoded", format, samples, rate);
    return read_bytes(folder_ / "encoded");
  }
  DecodedFile decoded(const std::string& bytes) {
    write_bytes(folder_ / "file", bytes);
    return decode_all(folder_ / "file");
  }

  fs::path folder_ = test_folder();
};

std::vector<float> joined(std::vector<float> first, const std::vector<float>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::string without_frame_count(std::string mp3) {
  return mp3.replace(mp3.find("Xing"), 4, 4, '\0');
}

std::string with_frame_count(std::string mp3, std::uint32_t count) {
  return mp3.replace(mp3.find("Xing") + 8, 4, big_endian(count));
}

std::uint32_t declared_frames(const std::string& mp3) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < 4; ++i)
    count = count << 8 | static_cast<unsigned char>(mp3[mp3.find("Xing") + 8 + i]);
  return count;
}

std::string id3v2(std::size_t size) {
  return std::string("ID3\x04\0\0", 6) + std::string(2, '\0') + static_cast<char>(size >> 7) +
         static_cast<char>(size & 0x7F) + std::string(size, '\0');
}
std::string id3v1() {
  return "TAG" + std::string(125, ' ');
}
std::string ape(std::size_t size) {
  const auto frame = [&](char flag) {
    return "APETAGEX" + little_endian(2000) + little_endian(static_cast<std::uint32_t>(size) + 32) +
           little_endian(1) + std::string(3, '\0') + flag + std::string(8, '\0');
  };
  // With what looks like the beginning of a frame.
  return frame('\xA0') + "\xFF\xFB" + std::string(size - 2, 'x') + frame('\x80');
}
std::string lyrics() {
  return "LYRICSBEGIN" + std::string(1500, 'l') + "001511LYRICS200";
}

TEST_F(Streams, JoinedMp3FilesAreReadToTheEnd) {
  const std::string a = encoded(kMp3, sine(19200, 300, kStreamRate)),
                    b = encoded(kMp3, sine(25600, 500, kStreamRate));
  for (const std::string& bytes : {a + b, id3v2(300) + a + id3v2(200) + b, a + id3v1() + b + id3v1(),
                                   a + ape(2000) + b + ape(100) + id3v1(), a + lyrics() + id3v1() + b}) {
    const DecodedFile file = decoded(bytes);
    EXPECT_NEAR(static_cast<double>(file.frames()), 44800, kMp3Slack) << bytes.size();
    EXPECT_NEAR(file.rms, 0.3535, 0.04);
    EXPECT_THAT(file.warning, IsEmpty()) << bytes.size();
  }
}

TEST_F(Streams, EachOfTheJoinedMp3FilesIsDecodedAsItIsAlone) {
  const std::string a = encoded(kMp3, sine(19200, 300, kStreamRate)), b = encoded(kMp3, noise(25600));
  EXPECT_EQ(decoded(a + id3v2(200) + b + a).interleaved,
            joined(joined(decoded(a).interleaved, decoded(b).interleaved), decoded(a).interleaved));
}

TEST_F(Streams, JoinedMp3FilesWithoutFrameCountsAreReadToTheEnd) {
  const std::string a = encoded(kMp3, sine(19200, 300, kStreamRate)),
                    b = encoded(kMp3, sine(25600, 500, kStreamRate));
  for (const std::string& bytes :
       {without_frame_count(a) + b, a + without_frame_count(b),
        without_frame_count(a) + id3v2(200) + without_frame_count(b), a + id3v2(500) + without_frame_count(b),
        without_frame_count(a) + ape(3000) + without_frame_count(b)}) {
    const DecodedFile file = decoded(bytes);
    EXPECT_NEAR(static_cast<double>(file.frames()), 44800, 2 * kMp3Slack) << bytes.size();
    EXPECT_NEAR(file.rms, 0.3535, 0.04);
    EXPECT_THAT(file.warning, IsEmpty()) << bytes.size();
  }
}

TEST_F(Streams, AnMp3IsReadBeyondAFrameCountThatIsTooSmall) {
  const std::string mp3 = encoded(kMp3, sine(3 * kStreamRate, 440, kStreamRate));
  const std::uint32_t count = declared_frames(mp3);
  for (const std::uint32_t less : {count / 4, std::uint32_t{1}, count - 4}) {
    const DecodedFile file = decoded(with_frame_count(mp3, less));
    EXPECT_NEAR(static_cast<double>(file.frames()), 3 * kStreamRate, kMp3Slack) << less;
    EXPECT_THAT(file.warning, IsEmpty()) << less;
  }
  EXPECT_THAT(decoded(with_frame_count(mp3, count + 20)).warning, HasSubstr("cut short"));
}

TEST_F(Streams, TagsBehindAnMp3ChangeNothing) {
  const std::string mp3 = encoded(kMp3, noise(3 * kStreamRate));
  const std::vector<float> plain = decoded(mp3).interleaved;
  for (const std::string& tags : {id3v1(), ape(4000), lyrics() + id3v1(), ape(100) + lyrics() + id3v1(),
                                  "TAG+" + std::string(223, ' ') + id3v1()}) {
    const DecodedFile file = decoded(mp3 + tags);
    EXPECT_EQ(file.interleaved, plain) << tags.substr(0, 11);
    EXPECT_THAT(file.warning, IsEmpty()) << tags.substr(0, 11);
  }
}

TEST_F(Streams, JunkBetweenMp3StreamsIsReported) {
  const std::string a = encoded(kMp3, sine(2 * kStreamRate, 300, kStreamRate));
  const DecodedFile file = decoded(a + std::string(5000, 'j') + a);
  EXPECT_NEAR(static_cast<double>(file.frames()), 4 * kStreamRate, 2 * kMp3Slack);
  EXPECT_THAT(file.warning, HasSubstr("5000 bytes"));
  // Behind the last stream, too: frames of layer II, for instance.
  EXPECT_THAT(decoded(a + std::string(7000, 'j')).warning, HasSubstr("7000 bytes"));
}

TEST_F(Streams, AStreamOfAnotherFormatIsLeftOutWithAWarning) {
  const std::string a = encoded(kMp3, sine(2 * kStreamRate, 300, kStreamRate));
  const std::string other_rate = encoded(kMp3, sine(2 * 44100, 300, 44100), 44100);
  for (const std::string& bytes :
       {a + other_rate, without_frame_count(a) + without_frame_count(other_rate)}) {
    const DecodedFile file = decoded(bytes);
    EXPECT_NEAR(static_cast<double>(file.frames()), 2 * kStreamRate, kMp3Slack);
    EXPECT_THAT(file.warning, AllOf(HasSubstr("left out"), HasSubstr("1 channels at 44100 Hz"),
                                    HasSubstr(concat(other_rate.size(), " bytes"))));
  }
  EXPECT_THAT(decoded(encoded(kVorbis, sine(2 * kStreamRate, 300, kStreamRate)) +
                      encoded(kVorbis, sine(22050, 300, 22050), 22050))
                  .warning,
              AllOf(HasSubstr("left out"), HasSubstr("22050 Hz")));
}

TEST_F(Streams, ChainedAndJoinedFilesGiveTheSamplesOfTheirParts) {
  for (const auto& [format, rate] : {std::pair(kVorbis, kStreamRate),
                                     {kOpus, 48000},
                                     {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, kStreamRate},
                                     {SF_FORMAT_WAV | SF_FORMAT_PCM_16, kStreamRate},
                                     {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, kStreamRate},
                                     {SF_FORMAT_AU | SF_FORMAT_PCM_16, kStreamRate},
                                     {SF_FORMAT_CAF | SF_FORMAT_PCM_16, kStreamRate}}) {
    const std::string a = encoded(format, sine(2 * rate + 13, 300, rate), rate);
    const std::string b = encoded(format, noise(rate * 3 / 2), rate);
    const DecodedFile file = decoded(a + b + a);
    EXPECT_EQ(file.interleaved,
              joined(joined(decoded(a).interleaved, decoded(b).interleaved), decoded(a).interleaved))
        << std::hex << format;
    EXPECT_THAT(file.warning, IsEmpty()) << std::hex << format;
  }
}

TEST_F(Streams, TagsBehindAFileChangeNothing) {
  for (const int format : {kVorbis, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                           SF_FORMAT_AIFF | SF_FORMAT_PCM_16}) {
    const std::string bytes = encoded(format, noise(2 * kStreamRate));
    for (const std::string& tags : {id3v1(), ape(400) + id3v1(), std::string(4096, '\0')}) {
      const DecodedFile file = decoded(bytes + tags);
      EXPECT_EQ(file.frames(), 2 * kStreamRate) << std::hex << format;
      EXPECT_THAT(file.warning, IsEmpty()) << std::hex << format << tags.substr(0, 3);
    }
  }
}

TEST_F(Streams, ChunksBehindTheSamplesAreNotLeftOut) {
  const std::string wav = encoded(SF_FORMAT_WAV | SF_FORMAT_PCM_16, noise(2 * kStreamRate));
  const std::string list = "LIST" + little_endian(11) + "INFOISFT   ";  // odd, and not padded
  EXPECT_THAT(decoded(wav + list + "id3 " + little_endian(20) + std::string(20, 'x')).warning, IsEmpty());
}

TEST_F(Streams, BytesBehindTheDeclaredEndOfTheSamplesAreReported) {
  std::string wav = encoded(SF_FORMAT_WAV | SF_FORMAT_PCM_16, noise(3 * kStreamRate));
  wav.replace(wav.find("data") + 4, 4, little_endian(2 * kStreamRate));
  const DecodedFile file = decoded(wav);
  EXPECT_EQ(file.frames(), kStreamRate);
  EXPECT_THAT(file.warning,
              HasSubstr(concat(4 * kStreamRate, " bytes behind the end that the header declares")));

  std::string au = encoded(SF_FORMAT_AU | SF_FORMAT_PCM_16, noise(3 * kStreamRate));
  au.replace(8, 4, big_endian(4 * kStreamRate));
  EXPECT_THAT(decoded(au).warning, HasSubstr(concat(2 * kStreamRate, " bytes behind")));

  // Less than a second, but not damaged.
  wav.replace(wav.find("data") + 4, 4, little_endian(100));
  EXPECT_THAT(decoded(wav).warning, HasSubstr("bytes behind"));
}

TEST_F(Streams, AFlacFileIsReadBeyondALengthThatIsTooSmall) {
  for (const int samples : {2 * kStreamRate, 40 * kStreamRate}) {
    const std::vector<float> sound = noise(samples);
    const std::string flac = encoded(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, sound);
    const DecodedFile whole = decoded(flac);
    constexpr std::size_t kTotal = 22;  // its last four bytes
    for (const std::uint32_t less : {1, 5000, samples - 1}) {
      std::string patched = flac;
      const DecodedFile file = decoded(patched.replace(kTotal, 4, big_endian(less)));
      EXPECT_EQ(file.interleaved, whole.interleaved) << less;
      EXPECT_THAT(file.warning, IsEmpty()) << less;
    }
    std::string streamed = flac;
    EXPECT_EQ(decoded(streamed.replace(kTotal, 4, 4, '\0')).interleaved, whole.interleaved);
    std::string more = flac;
    EXPECT_THAT(decoded(more.replace(kTotal, 4, big_endian(samples + 5000))).warning, HasSubstr("cut short"));
  }
}

/// The pages of an Ogg file, with its checksums corrected after `change`.
std::string changed_pages(std::string bytes,
                          const std::function<bool(std::size_t page, std::span<char>)>& change) {
  std::string result;
  std::size_t number = 0;
  while (const auto page =
             parse_ogg_page({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()})) {
    std::string one = bytes.substr(0, page->bytes);
    if (change(number++, one)) {
      const std::uint32_t sum =
          ogg_checksum({reinterpret_cast<const unsigned char*>(one.data()), one.size()});
      result += one.replace(22, 4, little_endian(sum));
    }
    bytes.erase(0, page->bytes);
  }
  return result;
}

void add_to_granule(std::span<char> page, std::int64_t samples) {
  std::int64_t granule = 0;
  std::memcpy(&granule, page.data() + 6, sizeof granule);
  granule += samples;
  std::memcpy(page.data() + 6, &granule, sizeof granule);
}

TEST_F(Streams, AGapInTheTimeStampsOfAnIntactOggFileIsNoDamage) {
  for (const auto& [format, rate] : {std::pair(kVorbis, kStreamRate), {kOpus, 48000}}) {
    const std::string bytes = encoded(format, noise(4 * rate), rate);
    const DecodedFile whole = decoded(bytes);
    const DecodedFile gap = decoded(changed_pages(bytes, [&](std::size_t page, std::span<char> data) {
      if (page >= 4) add_to_granule(data, rate);
      return true;
    }));
    EXPECT_EQ(gap.interleaved, whole.interleaved) << std::hex << format;
    EXPECT_THAT(gap.warning, IsEmpty()) << std::hex << format;
  }
}

TEST_F(Streams, DamageOfAnOggFileIsReported) {
  for (const auto& [format, rate] : {std::pair(kVorbis, kStreamRate), {kOpus, 48000}}) {
    const std::string bytes = encoded(format, noise(4 * rate), rate);
    const std::string lost =
        changed_pages(bytes, [](std::size_t page, std::span<char>) { return page != 4; });
    EXPECT_THAT(decoded(lost).warning, HasSubstr("damaged")) << std::hex << format;
    std::string flipped = bytes;
    flipped[bytes.size() / 2] ^= 0x55;
    EXPECT_THAT(decoded(flipped).warning, HasSubstr("damaged")) << std::hex << format;
    const std::string back = changed_pages(bytes, [&](std::size_t page, std::span<char> data) {
      if (page >= 4) add_to_granule(data, -rate);
      return true;
    });
    EXPECT_THAT(decoded(back).warning, Not(IsEmpty())) << std::hex << format;
    // The first of two streams lacks its end.
    const DecodedFile cut = decoded(bytes.substr(0, bytes.size() * 3 / 4) + bytes);
    EXPECT_THAT(cut.warning, AllOf(HasSubstr("cut short"), Not(HasSubstr("stream 2")))) << std::hex << format;
    EXPECT_GT(cut.seconds, 6) << std::hex << format;
  }
}

TEST_F(Streams, AnAiffThatDeclaresNoSamplesIsReadToItsEnd) {
  // Written to a pipe: the size of the samples is that of their header.
  std::string aiff = encoded(SF_FORMAT_AIFF | SF_FORMAT_PCM_16, noise(2 * kStreamRate));
  const std::vector<float> whole = decoded(aiff).interleaved;
  const DecodedFile file = decoded(aiff.replace(aiff.find("SSND") + 4, 4, 4, '\0'));
  EXPECT_EQ(file.interleaved, whole);
  EXPECT_THAT(file.warning, IsEmpty());
}

TEST_F(Streams, AnMp3InAWavIsNotDamaged) {
  for (const double seconds : {0.7, 1.4}) {
    const auto frames = static_cast<std::int64_t>(seconds * 44100);
    const std::string mp3 = without_frame_count(encoded(kMp3, sine(frames, 440, 44100), 44100));
    // Tag 0x55, mono, rate, bytes a second, block, bits, then the twelve bytes of the codec.
    const std::string format = std::string("\x55\0\x01\0", 4) + little_endian(44100) + little_endian(4000) +
                               std::string("\x01\0\0\0\x0C\0\x01\0\x02\0\0\0\xD1\0\x01\0\x71\x05", 18);
    const std::string chunks = "fmt " + little_endian(static_cast<std::uint32_t>(format.size())) + format +
                               "data" + little_endian(static_cast<std::uint32_t>(mp3.size()));
    const std::string wav = "RIFF" +
                            little_endian(static_cast<std::uint32_t>(4 + chunks.size() + mp3.size())) +
                            "WAVE" + chunks + mp3;
    const DecodedFile file = decoded(wav);
    EXPECT_NEAR(static_cast<double>(file.frames()), static_cast<double>(frames), kMp3Delay) << seconds;
    EXPECT_THAT(file.warning, IsEmpty()) << seconds;
  }
}

TEST_F(Streams, SharedCasesAreReadToTheEnd) {
  const fs::path cases = test::shared_path("cases");
  if (!fs::exists(cases)) GTEST_SKIP() << "no folder " << cases << "; set SONOGRAD_SHARED";
  for (const auto& [name, seconds] : {std::pair("04-mp3-in-wav/short.wav", 0.7),
                                      {"04-mp3-in-wav/long.wav", 1.4},
                                      {"05-joined-mp3/joined.mp3", 2.4},
                                      {"05-joined-mp3/xing_short.mp3", 2.4}}) {
    const DecodedFile file = decode_all(cases / name);
    EXPECT_NEAR(file.seconds, seconds, 0.1) << name;
    EXPECT_THAT(file.warning, IsEmpty()) << name;
  }
}

TEST_F(Streams, FloatsAtTheScaleOfIntegersGiveAWarning) {
  for (const auto& [peak, warns] :
       {std::pair(0.5, false), {1.5, false}, {4.0, false}, {127.0, true}, {32767.0, true}}) {
    write_sound(folder_ / "a.wav", sine(kStreamRate, 440, kStreamRate, peak), kStreamRate,
                Encoding::wav_float);
    const DecodedFile file = decode_all(folder_ / "a.wav");
    EXPECT_NEAR(file.rms, peak / std::sqrt(2.0), peak / 100);
    EXPECT_EQ(file.warning.find("scale of integers") != std::string::npos, warns) << peak << file.warning;
  }
}

}  // namespace
}  // namespace sonograd::audio
