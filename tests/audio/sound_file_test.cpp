#include "audio/sound_file.h"

#include <cerrno>
#include <gmock/gmock.h>
#include <thread>

#include "audio/file_input.h"
#include "tensor/io/read_error.h"
#include "tests/audio/sound_files.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::ThrowsMessage;

constexpr const char* kNoReason[] = {
    "Unspecified internal error",
    "System error",
    "does not exist",
    "not a regular file (possibly)",
    "No Error",
    "Format not recognised",
    "no data could be read",
    "malloc",
    "File contains data in",
    "No error defined",
    "This is a bug",
    "Supported file format",
    "Must specify format and",
    "psf_",
    "SF_INFO",
    "(cryptic)",
};

/// Reason for which these bytes are refused, without an ffmpeg to try.
std::string refusal_of(const std::string& name, const std::string& bytes) {
  const fs::path path = test_folder() / name;
  write_bytes(path, bytes);
  SF_INFO info{};
  FileInput input(path);
  EXPECT_EQ(input.open(0, input.size(), info), nullptr) << name;
  return input.refusal();
}

std::string encoded(int format) {
  const fs::path path = test_folder() / "encoded";
  write_in_format(path, format, sine(4000, 440, 16000), 16000);
  return read_bytes(path);
}

TEST(SoundFile, EveryErrorOfTheLibraryHasAReason) {
  for (int code = 0; code < 150; ++code) {
    const std::string reason = sound_error(code);
    EXPECT_THAT(reason, testing::MatchesRegex("(it|its|not|the) .*[a-z)]")) << code;
    for (const char* const text : kNoReason) EXPECT_THAT(reason, Not(HasSubstr(text))) << code;
  }
}

TEST(SoundFile, TheReasonFollowsFromTheBytes) {
  const std::string wav = encoded(SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  const std::string aiff = encoded(SF_FORMAT_AIFF | SF_FORMAT_PCM_16);
  const std::string flac = encoded(SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
  std::string codec = wav;
  codec.replace(20, 2, "\x61\x01");  // Windows Media Audio
  const std::string unknown_au =
      std::string(".snd\0\0\0\x18\0\0\0\x40\0\0\0\x63\0\0\x3E\x80\0\0\0\1", 24) + std::string(64, 'x');
  EXPECT_THAT(refusal_of("text", "This is no music, and long enough to be looked at by the library."),
              HasSubstr("format is not known"));
  EXPECT_THAT(refusal_of("one byte", "R"), HasSubstr("format is not known"));
  EXPECT_THAT(refusal_of("wav", wav.substr(0, 16)), HasSubstr("header is incomplete"));
  EXPECT_THAT(refusal_of("aiff", aiff.substr(0, 14)), HasSubstr("header is incomplete"));
  EXPECT_THAT(refusal_of("codec", codec), HasSubstr("codec is not supported"));
  EXPECT_THAT(refusal_of("au", unknown_au), HasSubstr("codec is not supported"));
  EXPECT_THAT(refusal_of("flac", flac.substr(0, 12)), HasSubstr("header is damaged"));
}

TEST(SoundFile, AFailedReadGivesTheReasonOfTheSystem) {
  EXPECT_THAT(sound_error(SF_ERR_UNRECOGNISED_FORMAT, EIO), HasSubstr("Input/output error"));
  EXPECT_THAT(sound_error(SF_ERR_NO_ERROR, ESTALE), HasSubstr(std::strerror(ESTALE)));
}

TEST(SoundFile, MessagesNameTheFile) {
  const fs::path folder = test_folder();
  write_bytes(folder / "song.w64", encoded(SF_FORMAT_W64 | SF_FORMAT_PCM_16).substr(0, 60));
  EXPECT_THAT([&] { Decoder decoder(folder / "song.w64"); },
              ThrowsMessage<FormatError>(AllOf(
                  StartsWith((folder / "song.w64").string() + ": cannot be read: its header is damaged"),
                  HasSubstr("libsndfile: Error in WAV"))));
  EXPECT_THAT([&] { Decoder decoder{folder}; },
              ThrowsMessage<io::ReadError>(AllOf(StartsWith(folder.string()), HasSubstr("a folder"))));
}

// libsndfile keeps the error of an open in one place for all threads, and sets it back at the next open.
TEST(SoundFile, ThreadsGetTheErrorsOfTheirOwnFiles) {
  const fs::path folder = test_folder();
  write_in_format(folder / "good", SF_FORMAT_WAV | SF_FORMAT_PCM_16, sine(400, 440, 16000), 16000);
  write_bytes(folder / "text", std::string(500, 'x'));
  write_bytes(folder / "cut", read_bytes(folder / "good").substr(0, 16));
  const auto repeat = [&](const char* name, const char* reason) {
    return std::jthread([=, path = folder / name] {
      FileInput input(path);
      for (int i = 0; i < 500; ++i) {
        SF_INFO info{};
        const SoundFile file = input.open(0, input.size(), info);
        ASSERT_EQ(file != nullptr, reason == nullptr);
        if (reason != nullptr) {
          ASSERT_THAT(input.refusal(), HasSubstr(reason));
        }
      }
    });
  };
  const std::jthread threads[] = {repeat("good", nullptr), repeat("text", "format is not known"),
                                  repeat("cut", "header is incomplete"), repeat("good", nullptr)};
}

}  // namespace
}  // namespace sonograd::audio
