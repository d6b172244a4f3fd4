#include "audio/files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tensor/support/utf8.h"
#include "tests/audio/sound_files.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using testing::ElementsAre;

/// Paths below the test's folder, as text.
std::vector<std::string> names(const fs::path& folder, bool recursive) {
  std::vector<std::string> names;
  for (const fs::path& file : audio_files(folder, recursive)) {
    names.push_back(file.native().substr(folder.native().size() + 1));
  }
  return names;
}

TEST(AudioFiles, AreTakenByExtensionInBytewiseOrder) {
  const fs::path folder = test_folder();
  for (const char* name :
       {"b.mp3", "B.MP3", "a b.Ogg", "\xC3\xBC.flac", "bad\xFF.wav", "notes.txt", "cover.jpg", "mp3"}) {
    write_bytes(folder / name, "x");
  }
  fs::create_directories(folder / "album.mp3");
  EXPECT_THAT(names(folder, false), ElementsAre("B.MP3", "a b.Ogg", "b.mp3", "bad\xFF.wav", "\xC3\xBC.flac"));
}

TEST(AudioFiles, OfSubFoldersAreTakenOnRequest) {
  const fs::path folder = test_folder();
  fs::create_directories(folder / "a/deep");
  for (const char* name : {"a/2.wav", "a/deep/1.wav", "a.wav", "b.wav"}) write_bytes(folder / name, "x");
  EXPECT_THAT(names(folder, false), ElementsAre("a.wav", "b.wav"));
  EXPECT_THAT(names(folder, true), ElementsAre("a.wav", "a/2.wav", "a/deep/1.wav", "b.wav"));
}

TEST(AudioFiles, AreFoundOnceWhereLinksGoInCircles) {
  const fs::path folder = test_folder();
  fs::create_directories(folder / "a");
  write_bytes(folder / "a/1.wav", "x");
  fs::create_directory_symlink(folder, folder / "a/up");
  fs::create_directory_symlink(folder / "a", folder / "b");
  fs::create_symlink(folder / "a/1.wav", folder / "link.wav");
  fs::create_symlink(folder / "nowhere", folder / "broken.wav");
  EXPECT_THAT(names(folder, true), ElementsAre("a/1.wav", "link.wav"));
}

TEST(AudioFiles, OfOtherProgramsArePassedOver) {
  const fs::path folder = test_folder();
  for (const char* name :
       {"a.wav", "._a.wav", ".hidden.wav", ".git/a.wav", "__MACOSX/._a.wav", "@eaDir/a.wav"}) {
    fs::create_directories((folder / name).parent_path());
    write_bytes(folder / name, "x");
  }
  EXPECT_THAT(names(folder, true), ElementsAre("a.wav"));
  EXPECT_THAT(audio_files(folder / ".git", false), ElementsAre(folder / ".git/a.wav")) << "named by the user";
  EXPECT_THAT(audio_files(folder / "._a.wav", false), ElementsAre(folder / "._a.wav"));
}

TEST(AudioFiles, EntriesThatAreNoFilesAreListedApart) {
  const fs::path folder = test_folder();
  fs::create_directories(folder / "sub");
  write_bytes(folder / "a.wav", "x");
  ASSERT_EQ(mkfifo((folder / "sub/pipe.wav").c_str(), 0600), 0);
  ASSERT_EQ(mkfifo((folder / "control").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", folder / "device.mp3");
  fs::create_symlink("nowhere", folder / "nothing.ogg");
  std::vector<fs::path> no_files;
  EXPECT_THAT(audio_files(folder, true, &no_files), ElementsAre(folder / "a.wav"));
  EXPECT_THAT(no_files, testing::UnorderedElementsAre(folder / "device.mp3", folder / "nothing.ogg",
                                                      folder / "sub/pipe.wav"));
}

TEST(AudioFiles, ThatAreNamedAreTakenWhateverTheirName) {
  const fs::path folder = test_folder();
  write_bytes(folder / "song", "x");
  EXPECT_THAT(audio_files(folder / "song", false), ElementsAre(folder / "song"));
  EXPECT_THAT(audio_files(folder / "missing", false), ElementsAre(folder / "missing"));
}

TEST(Utf8, KeepsWellFormedText) {
  const std::string text = "a\0\xC3\xBC\xE2\x82\xAC\xED\x9F\xBF\xF0\x9F\x8E\xB5\xF4\x8F\xBF\xBF"s;
  EXPECT_EQ(to_utf8_lossy(text), text);
}

TEST(Utf8, ReplacesEachIllFormedPartOnce) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(to_utf8_lossy("a\xFFz"), "a" + mark + "z");
  EXPECT_EQ(to_utf8_lossy("\x80\x80"), mark + mark);
  EXPECT_EQ(to_utf8_lossy("\xE2\x82z"), mark + "z");
  EXPECT_EQ(to_utf8_lossy("\xF0\x9F\x8E"), mark);
  EXPECT_EQ(to_utf8_lossy("\xC0\xAF"), mark + mark);
  EXPECT_EQ(to_utf8_lossy("\xED\xA0\x80"), mark + mark + mark);
  EXPECT_EQ(to_utf8_lossy("\xF4\x90\x80\x80"), mark + mark + mark + mark);
}

}  // namespace
}  // namespace sonograd::audio
