#include "audio/decode.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <limits>
#include <sys/stat.h>

#include "audio/encode.h"
#include "tensor/support/error.h"
#include "tests/audio/sound_files.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::ThrowsMessage;

constexpr int kRate = 16000;

TEST(Decode, KeepsEverySampleOf16BitWavAndFlac) {
  const fs::path folder = test_folder();
  std::vector<std::int16_t> pcm;
  for (int i = 0; i < 10007; ++i) pcm.push_back(static_cast<std::int16_t>(i * 7919));
  for (const auto& [name, encoding] :
       {std::pair("a.wav", Encoding::wav_pcm16), {"a.flac", Encoding::flac_pcm16}}) {
    write_sound(folder / name, pcm, kRate, encoding);
    const DecodedFile file = decode_all(folder / name);
    ASSERT_EQ(file.interleaved.size(), pcm.size()) << name;
    for (std::size_t i = 0; i < pcm.size(); ++i)
      ASSERT_EQ(file.interleaved[i], pcm[i] / 32768.0f) << name << i;
    EXPECT_EQ(file.sample_rate, kRate);
    EXPECT_DOUBLE_EQ(file.seconds, 10007.0 / kRate);
    EXPECT_THAT(file.warning, IsEmpty());
  }
}

TEST(Decode, KeepsChannelsApartInFloatWav) {
  const fs::path path = test_folder() / "six.wav";
  std::vector<float> samples;
  for (int t = 0; t < 500; ++t) {
    for (int c = 0; c < 6; ++c) samples.push_back(0.25f * static_cast<float>(c) - 1.5f);
  }
  write_sound(path, samples, 48000, Encoding::wav_float, 6);
  const DecodedFile file = decode_all(path, 7);
  EXPECT_EQ(file.channels, 6);
  EXPECT_EQ(file.interleaved, samples);
}

TEST(Decode, VorbisKeepsLengthAndLevel) {
  const fs::path path = test_folder() / "a.ogg";
  write_sound(path, sine(2 * kRate + 13, 440, kRate), kRate, Encoding::ogg_vorbis);
  const DecodedFile file = decode_all(path);
  EXPECT_NEAR(static_cast<double>(file.frames()), 2 * kRate + 13, 128);
  EXPECT_NEAR(file.rms, 0.5 / std::sqrt(2.0), 0.01);
  EXPECT_THAT(file.warning, IsEmpty());
}

TEST(Decode, ReadsEveryContainerToItsEnd) {
  const fs::path folder = test_folder();
  const auto samples = sine(24000, 300, 48000);
  for (const int format :
       {SF_FORMAT_AU | SF_FORMAT_PCM_16, SF_FORMAT_AIFF | SF_FORMAT_PCM_24, SF_FORMAT_CAF | SF_FORMAT_FLOAT,
        SF_FORMAT_W64 | SF_FORMAT_PCM_16, SF_FORMAT_RF64 | SF_FORMAT_PCM_16,
        SF_FORMAT_WAVEX | SF_FORMAT_PCM_32, SF_FORMAT_WAV | SF_FORMAT_ULAW,
        SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, SF_FORMAT_OGG | SF_FORMAT_OPUS, kMp3}) {
    const fs::path path = folder / std::to_string(format);
    write_in_format(path, format, samples, 48000);
    const DecodedFile file = decode_all(path);
    EXPECT_NEAR(static_cast<double>(file.frames()), 24000, 2400) << std::hex << format;
    EXPECT_NEAR(file.rms, 0.3535, 0.02) << std::hex << format;
    EXPECT_THAT(file.warning, IsEmpty()) << std::hex << format;
  }
}

TEST(Decode, GoesByContentNotByName) {
  const fs::path folder = test_folder();
  write_sound(folder / "flac.mp3", sine(4000, 440, kRate), kRate, Encoding::flac_pcm16);
  EXPECT_EQ(decode_all(folder / "flac.mp3").frames(), 4000);
  // Raw formats cannot be recognised by content: a name of that kind must not turn text into noise.
  write_bytes(folder / "text.vox", std::string(5000, 'x'));
  EXPECT_THROW(Decoder(folder / "text.vox"), FormatError);
}

TEST(Decode, FindsAnMp3BehindJunk) {
  const fs::path folder = test_folder();
  write_in_format(folder / "plain.mp3", kMp3, sine(88200, 440, 44100), 44100);
  std::string junk(3001, '\0');
  junk[100] = junk[200] = '\xFF';
  junk[201] = '\xFB';
  write_bytes(folder / "junk.wav", junk + read_bytes(folder / "plain.mp3"));
  const DecodedFile file = decode_all(folder / "junk.wav");
  EXPECT_NEAR(static_cast<double>(file.frames()), 88200, 2400);
  EXPECT_NEAR(file.rms, 0.3535, 0.01);
}

TEST(Decode, NamesTheFileThatIsNotSound) {
  const fs::path folder = test_folder();
  write_bytes(folder / "empty.mp3", "");
  write_bytes(folder / "text.mp3", "This is no music.\n");
  write_bytes(folder / "noise.wav", sonograd::concat("\x01\x7F", std::string(9000, '\x55')));
  for (const char* name : {"empty.mp3", "text.mp3", "noise.wav"}) {
    EXPECT_THAT([&] { Decoder decoder(folder / name); }, ThrowsMessage<FormatError>(HasSubstr(name)));
  }
  EXPECT_THAT([&] { Decoder decoder(folder / "missing.wav"); },
              ThrowsMessage<IoError>(HasSubstr("missing.wav")));
  EXPECT_THAT([&] { Decoder decoder(folder); }, ThrowsMessage<IoError>(HasSubstr("not a regular file")));
}

TEST(Decode, RefusesPipesAndDevicesAtOnce) {
  const fs::path pipe = test_folder() / "pipe.wav";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const fs::path& path :
       {pipe, fs::path("/dev/zero"), fs::path("/dev/urandom"), fs::path("/dev/null")}) {
    EXPECT_THAT([&] { Decoder decoder(path); },
                ThrowsMessage<IoError>(AllOf(HasSubstr(path.string()), HasSubstr("not a regular file"))));
  }
}

TEST(Decode, RefusesTooManyChannels) {
  const fs::path path = test_folder() / "wide.wav";
  write_sound(path, std::vector<float>(65 * 10), kRate, Encoding::wav_float, 65);
  EXPECT_THAT([&] { Decoder decoder(path); },
              ThrowsMessage<FormatError>(AllOf(HasSubstr("wide.wav"), HasSubstr("65"))));
}

TEST(Decode, WarnsOfATailCutOff) {
  const fs::path folder = test_folder();
  constexpr int kFormats[] = {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
                              SF_FORMAT_AU | SF_FORMAT_PCM_16,  SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                              SF_FORMAT_OGG | SF_FORMAT_VORBIS, kMp3};
  for (const int format : kFormats) {
    const fs::path path = folder / std::to_string(format);
    write_in_format(path, format, noise(10 * kRate), kRate);
    const std::string bytes = read_bytes(path);
    write_bytes(path, bytes.substr(0, bytes.size() * 3 / 4));
    const DecodedFile file = decode_all(path);
    EXPECT_GT(file.seconds, 5) << std::hex << format;
    EXPECT_LT(file.seconds, 9) << std::hex << format;
    EXPECT_THAT(file.warning, Not(IsEmpty())) << std::hex << format;
  }
}

TEST(Decode, DoesNotGuessTheLengthOfAnMp3FromItsFirstFrame) {
  const fs::path path = test_folder() / "vbr.mp3";
  std::vector<float> loud_then_silent = noise(44100);
  loud_then_silent.resize(10 * 44100);
  write_in_format(path, kMp3, loud_then_silent, 44100);
  std::string bytes = read_bytes(path);
  const auto frame_count = bytes.find("Xing");
  ASSERT_NE(frame_count, std::string::npos);
  write_bytes(path, bytes.replace(frame_count, 4, 4, '\0'));
  EXPECT_NEAR(decode_all(path).seconds, 10, 0.1);
}

TEST(Decode, FailsWhenLessThanASecondIsLeft) {
  const fs::path folder = test_folder();
  for (const auto& [name, encoding] :
       {std::pair("a.wav", Encoding::wav_pcm16), {"a.flac", Encoding::flac_pcm16}}) {
    write_sound(folder / name, sine(kRate, 440, kRate), kRate, encoding);
    const std::string bytes = read_bytes(folder / name);
    write_bytes(folder / name, bytes.substr(0, bytes.size() / 2));
    EXPECT_THAT([&] { decode_all(folder / name); }, ThrowsMessage<FormatError>(HasSubstr(name)));
  }
}

TEST(Decode, AcceptsAWavOfUnknownLength) {
  const fs::path path = test_folder() / "streamed.wav";
  write_sound(path, sine(5000, 440, kRate), kRate, Encoding::wav_pcm16);
  std::string bytes = read_bytes(path);
  bytes.replace(4, 4, "\xFF\xFF\xFF\xFF");
  bytes.replace(bytes.find("data") + 4, 4, "\xFF\xFF\xFF\xFF");
  write_bytes(path, bytes);
  const DecodedFile file = decode_all(path);
  EXPECT_EQ(file.frames(), 5000);
  EXPECT_THAT(file.warning, IsEmpty());
}

TEST(Decode, RefusesAFileWithoutAUsableSample) {
  const fs::path path = test_folder() / "none.wav";
  write_sound(path, std::vector<float>(), kRate, Encoding::wav_pcm16);
  EXPECT_THAT([&] { decode_all(path); },
              ThrowsMessage<FormatError>(HasSubstr("none.wav: the file holds no samples")));
  for (const float value : {std::nanf(""), -std::numeric_limits<float>::infinity(), 1e30f}) {
    write_sound(path, std::vector<float>(3 * kRate, value), kRate, Encoding::wav_float);
    EXPECT_THAT(
        [&] { decode_all(path); },
        ThrowsMessage<FormatError>(HasSubstr(concat("none of its ", 3 * kRate, " samples is finite"))));
  }
  write_sound(path, std::vector<float>(kRate), kRate, Encoding::wav_float);
  EXPECT_THAT(decode_all(path).warning, IsEmpty()) << "silence is sound";
}

TEST(Decode, RefusesRatesThatNoRecordingHas) {
  const fs::path path = test_folder() / "slow.wav";
  for (const int rate : {1, 100, kMinSampleRate - 1}) {
    write_in_format(path, SF_FORMAT_WAV | SF_FORMAT_PCM_U8, sine(100, 20, kRate), rate);
    EXPECT_THAT(
        [&] { decode_all(path); },
        ThrowsMessage<FormatError>(AllOf(HasSubstr("slow.wav: expected a sample rate of 1000 to 768000 Hz"),
                                         HasSubstr(concat("got ", rate)))));
  }
  write_in_format(path, SF_FORMAT_WAV | SF_FORMAT_PCM_U8, sine(100, 20, kRate), kMinSampleRate);
  EXPECT_EQ(decode_all(path).frames(), 100);
}

TEST(Decode, RefusesMidiSampleDumps) {
  EXPECT_THAT([] { decode_all(SONOGRAD_SOURCE_DIR "/tests/fuzz/corpus/audio/sds_pcm_16"); },
              ThrowsMessage<FormatError>(HasSubstr("MIDI sample dumps")));
}

TEST(Decode, CountsSamplesThatAreNotFiniteOrOutOfRange) {
  const fs::path path = test_folder() / "nan.wav";
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  write_sound(path, std::vector<float>{0.5f, std::nanf(""), -kInfinity, 0.25f, kInfinity, 1e30f}, kRate,
              Encoding::wav_float);
  const DecodedFile file = decode_all(path);
  EXPECT_THAT(file.interleaved, testing::ElementsAre(0.5f, 0, 0, 0.25f, 0, 0));
  EXPECT_THAT(file.warning, HasSubstr("4 samples are not finite or out of range"));
}

/// Puts a shell script called ffmpeg, or nothing, alone on the PATH.
class DecodeThroughFfmpeg : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_folder();
    path_ = getenv("PATH");
    write_bytes(folder_ / "a.m4a", std::string("\0\0\0\x20", 4) + "ftypM4A " + std::string(500, '\0'));
    setenv("PATH", folder_.c_str(), 1);
  }
  void TearDown() override { setenv("PATH", path_.c_str(), 1); }

  void install(const std::string& commands) {
    write_bytes(folder_ / "ffmpeg", "#!/bin/sh\n" + commands);
    fs::permissions(folder_ / "ffmpeg", fs::perms::owner_all);
  }
  /// Output of ffmpeg to a pipe: its au header does not state the length.
  std::string write_streamed_au(std::int64_t frames) {
    write_in_format(folder_ / "a.au", SF_FORMAT_AU | SF_FORMAT_FLOAT, sine(frames, 440, kRate), kRate);
    write_bytes(folder_ / "a.au", read_bytes(folder_ / "a.au").replace(8, 4, "\xFF\xFF\xFF\xFF"));
    return "/bin/cat '" + (folder_ / "a.au").string() + "'\n";
  }

  fs::path folder_;
  std::string path_;
};

TEST_F(DecodeThroughFfmpeg, SaysThatItIsMissing) {
  EXPECT_THAT([&] { Decoder decoder(folder_ / "a.m4a"); },
              ThrowsMessage<FormatError>(AllOf(HasSubstr("a.m4a: a file of kind m4a or mp4 is read through "),
                                               HasSubstr("install ffmpeg"))));
}

TEST_F(DecodeThroughFfmpeg, ReadsItsOutput) {
  install(write_streamed_au(3 * kRate));
  const DecodedFile file = decode_all(folder_ / "a.m4a");
  EXPECT_EQ(file.sample_rate, kRate);
  EXPECT_EQ(file.interleaved, sine(3 * kRate, 440, kRate));
  EXPECT_THAT(file.warning, IsEmpty());
}

TEST_F(DecodeThroughFfmpeg, GetsAacBehindTags) {
  install("case \"$*\" in *'-f aac -i'*) " + write_streamed_au(3 * kRate) + ";; *) exit 1;; esac\n");
  const std::string aac = std::string("\xFF\xF1\x60\x40\x04\x1F\xFC", 7) + std::string(500, '\x21');
  const std::string tag = std::string("ID3\x04\0\0\0\0\0\x14", 10) + std::string(20, '\0');
  // The picture of a tag takes more than is searched for the start of an mp3.
  const std::string large_tag =
      std::string("ID3\x03\0\0\0\x20\0\0", 10) + std::string(std::size_t{0x20} << 14, 'x');
  for (const std::string& bytes : {aac, tag + aac, tag + tag + aac, large_tag + aac}) {
    write_bytes(folder_ / "a.aac", bytes);
    const DecodedFile file = decode_all(folder_ / "a.aac");
    EXPECT_EQ(file.frames(), 3 * kRate) << bytes.size();
    EXPECT_THAT(file.warning, IsEmpty());
  }
}

TEST_F(DecodeThroughFfmpeg, GetsWhatLibsndfileRefuses) {
  // One page with the header of Speex, which libsndfile does not decode; a WAV with sizes of zero; a codec that it lacks.
  const std::string ogg =
      std::string("OggS\0\x02\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\xC9\x40\x17\x5C\x01\x50", 28) + "Speex   1.2" +
      std::string(69, '\0');
  write_sound(folder_ / "plain.wav", sine(kRate, 440, kRate), kRate, Encoding::wav_pcm16);
  const std::string wav = read_bytes(folder_ / "plain.wav");
  std::string unfinished = wav, codec = wav;
  unfinished.replace(4, 4, 4, '\0').replace(unfinished.find("data") + 4, 4, 4, '\0');
  codec.replace(20, 2, "\x61\x01");  // Windows Media Audio
  std::string au =
      std::string(".snd\0\0\0\x18\xFF\xFF\xFF\xFF\0\0\0\x63\0\0\x3E\x80\0\0\0\1", 24) + std::string(500, 'x');
  const std::pair<std::string, const char*> kCases[] = {
      {ogg, "ogg"}, {unfinished, "wav"}, {codec, "wav"}, {au, "au"}};
  for (const auto& [bytes, container] : kCases) {
    const fs::path path = folder_ / "refused";
    write_bytes(path, bytes);
    fs::remove(folder_ / "ffmpeg");
    EXPECT_THAT([&] { decode_all(path); },
                ThrowsMessage<FormatError>(AllOf(HasSubstr("refused: "), HasSubstr("install ffmpeg"))))
        << container;
    install(concat("case \"$*\" in *'-f ", container, " -i'*) ") + write_streamed_au(3 * kRate) +
            ";; *) exit 1;; esac\n");
    const DecodedFile file = decode_all(path);
    EXPECT_EQ(file.frames(), 3 * kRate) << container;
    EXPECT_THAT(file.warning, IsEmpty()) << container;
    install("exit 1\n");
    EXPECT_THAT([&] { decode_all(path); }, ThrowsMessage<FormatError>(HasSubstr("refused: "))) << container;
  }
}

TEST_F(DecodeThroughFfmpeg, WarnsOfItsFailure) {
  install(write_streamed_au(3 * kRate) + "exit 1\n");
  EXPECT_THAT(decode_all(folder_ / "a.m4a").warning, HasSubstr("ffmpeg stopped"));
}

TEST_F(DecodeThroughFfmpeg, FailsWithoutOutput) {
  install("exit 1\n");
  EXPECT_THAT([&] { Decoder decoder(folder_ / "a.m4a"); },
              ThrowsMessage<FormatError>(AllOf(HasSubstr("a.m4a"), HasSubstr("of kind m4a or mp4"))));
}

TEST_F(DecodeThroughFfmpeg, EndsTheProcessOfADecoderThatIsDropped) {
  install(write_streamed_au(3 * kRate) + "exec /bin/sleep 1000\n");
  Decoder decoder(folder_ / "a.m4a");
  EXPECT_EQ(decoder.channels(), 1);
}

}  // namespace
}  // namespace sonograd::audio
