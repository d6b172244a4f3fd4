// [threads]
#include "train/data/pcm_cache.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <vector>

#include "tensor/io/atomic_file.h"
#include "tensor/io/read_error.h"
#include "tensor/support/error.h"
#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"
#include "train/data/clip_reader.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::uint64_t kPlenty = 1 << 30;
constexpr int kSamples = 9000;

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::vector<std::int16_t> all_samples(const PcmClip& clip) {
  std::vector<std::int16_t> samples(clip.size());
  clip.copy(0, samples);
  return samples;
}

std::vector<std::int16_t> samples_of(PcmCache& cache, const fs::path& clip) {
  return all_samples(cache.get(clip, kTestRate));
}

mode_t rights_of(const fs::path& file) {
  struct stat status = {};
  EXPECT_EQ(stat(file.c_str(), &status), 0);
  return status.st_mode & 0777;
}

/// Changes the samples of an entry, so that a test can distinguish a hit from a decoded clip.
void overwrite(const fs::path& file, std::streamoff at, std::string_view bytes) {
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(at) << bytes;
}

class PcmCacheTest : public testing::Test {
 protected:
  fs::path clip_ = write_sine(test_folder() / "clip.wav", 440, kSamples);
  fs::path folder_ = test_folder("cache");
};

TEST_F(PcmCacheTest, GivesTheDecodedSamplesFirstAndLater) {
  const std::vector<std::int16_t> expected = all_samples(decode_pcm(clip_, kTestRate));
  ASSERT_EQ(expected.size(), std::size_t{kSamples});
  for (int run = 0; run < 2; ++run) {
    PcmCache cache(folder_, kPlenty);
    EXPECT_EQ(samples_of(cache, clip_), expected);
    EXPECT_EQ(samples_of(cache, clip_), expected);
    EXPECT_EQ(cache.warning(), "");
    EXPECT_EQ(entries(folder_).size(), 1u);
  }
}

TEST_F(PcmCacheTest, ReadsAnEntryInsteadOfTheClip) {
  PcmCache cache(folder_, kPlenty);
  const auto expected = samples_of(cache, clip_);
  const auto changed = fs::last_write_time(clip_);
  const auto size = fs::file_size(clip_);
  write_text(clip_, std::string(size, 'x'));  // no longer sound, but of equal size and time
  fs::last_write_time(clip_, changed);
  EXPECT_EQ(samples_of(cache, clip_), expected);
  PcmCache later(folder_, kPlenty);
  EXPECT_EQ(samples_of(later, clip_), expected);
}

TEST_F(PcmCacheTest, DecodesAgainWhenTheClipOrTheRateChanges) {
  PcmCache cache(folder_, kPlenty);
  EXPECT_EQ(samples_of(cache, clip_).size(), std::size_t{kSamples});
  write_sine(clip_, 440, 2 * kSamples);
  EXPECT_EQ(samples_of(cache, clip_).size(), std::size_t{2 * kSamples});
  EXPECT_EQ(cache.get(clip_, kTestRate / 2).size(), std::size_t{kSamples});
  EXPECT_EQ(entries(folder_).size(), 3u);
}

TEST_F(PcmCacheTest, MakesDamagedEntriesAgain) {
  std::vector<std::int16_t> expected;
  {
    PcmCache cache(folder_, kPlenty);
    expected = samples_of(cache, clip_);
  }
  const fs::path entry = entries(folder_).at(0);
  const auto size = fs::file_size(entry);
  const auto expect_repaired = [&](const char* damage) {
    PcmCache cache(folder_, kPlenty);
    EXPECT_EQ(samples_of(cache, clip_), expected) << damage;
    EXPECT_EQ(fs::file_size(entry), size) << damage;
  };
  fs::resize_file(entry, size / 2);
  expect_repaired("truncated");
  fs::resize_file(entry, 0);
  expect_repaired("emptied");
  overwrite(entry, static_cast<std::streamoff>(size / 2), "\x01\x02\x03");
  expect_repaired("changed");
  overwrite(entry, 8, std::string(16, '\xff'));
  expect_repaired("absurd header");
}

TEST_F(PcmCacheTest, AnEntryThatIsCutWhileInUseIsAnError) {
  PcmCache cache(folder_, kPlenty);
  const auto expected = samples_of(cache, clip_);
  const PcmClip from_file = cache.get(clip_, kTestRate);
  std::vector<std::int16_t> part(1000);
  from_file.copy(5000, part);
  EXPECT_TRUE(std::ranges::equal(part, std::span(expected).subspan(5000, 1000)));
  fs::resize_file(entries(folder_).at(0), 2000);
  EXPECT_THAT(message_of<io::ReadError>([&] { from_file.copy(5000, part); }), HasSubstr("has changed it"));
  EXPECT_EQ(samples_of(cache, clip_), expected) << "decoded again";
}

TEST_F(PcmCacheTest, OtherUsersCannotReadEntries) {
  const mode_t mask = umask(0);
  PcmCache(folder_ / "new", kPlenty).get(clip_, kTestRate);
  umask(mask);
  const fs::path entry = entries(folder_).at(0);
  EXPECT_EQ(rights_of(folder_ / "new"), 0700u);
  EXPECT_EQ(rights_of(entry.parent_path()), 0700u);
  EXPECT_EQ(rights_of(entry) & 07, 0u);
  fs::permissions(folder_ / "new", fs::perms::all);  // as an earlier version has made it
  PcmCache(folder_ / "new", kPlenty);
  EXPECT_EQ(rights_of(folder_ / "new") & 07, 0u);
}

TEST_F(PcmCacheTest, CountsAndRemovesWhatKilledWritersHaveLeft) {
  const auto write_half = [&] {
    io::AtomicFile out(folder_ / "00" / "half.pcm");
    out.write(std::string(3000, 'x'));
    raise(SIGKILL);
  };
  fs::create_directories(folder_ / "00");
  for (int child = 0; child < 3; ++child) {
    const pid_t process = fork();
    if (process == 0) write_half();
    waitpid(process, nullptr, 0);
  }
  // The next writer of the same entry has cleaned up after those before it.
  ASSERT_EQ(entries(folder_).size(), 1u);
  const io::AtomicFile running(folder_ / "00" / "other.pcm");
  fs::resize_file(entries(folder_).at(1), 3000);
  constexpr std::uint64_t kRoomForOne = 2 * kSamples + 600;
  {
    PcmCache cache(folder_, kRoomForOne + 2000);
    EXPECT_EQ(entries(folder_).size(), 1u) << "the unfinished entry of a process that runs stays";
    EXPECT_EQ(samples_of(cache, clip_).size(), std::size_t{kSamples});
    EXPECT_THAT(cache.warning(), HasSubstr("fit")) << "its size counts";
  }
  PcmCache cache(folder_, kRoomForOne + 3000);
  samples_of(cache, clip_);
  EXPECT_EQ(cache.warning(), "");
}

TEST_F(PcmCacheTest, DropsWhatWasNotUsedForLongest) {
  const fs::path others = test_folder("others");
  constexpr std::uint64_t kRoomForTwo = 2 * (2 * kSamples + 600);
  const auto fill = [&](std::initializer_list<const char*> names) {
    PcmCache cache(folder_, kRoomForTwo);
    for (const char* const name : names) cache.get(write_sine(others / name, 300, kSamples), kTestRate);
  };
  fill({"a.wav"});
  const fs::path a = entries(folder_).at(0);
  fill({"b.wav"});
  const auto both = entries(folder_);
  const fs::path b = both[0] == a ? both[1] : both[0];
  fs::last_write_time(a, fs::last_write_time(b) + std::chrono::hours(1));
  fill({"c.wav"});
  EXPECT_TRUE(fs::exists(a));
  EXPECT_FALSE(fs::exists(b));
  EXPECT_EQ(entries(folder_).size(), 2u);
}

TEST_F(PcmCacheTest, KeepsWhatIsInUseAndStaysBelowItsLimit) {
  constexpr std::uint64_t kRoomForOne = 2 * kSamples + 600;
  PcmCache cache(folder_, kRoomForOne);
  const fs::path other = write_sine(clip_.parent_path() / "other.wav", 300, kSamples);
  const auto expected = samples_of(cache, clip_);
  EXPECT_EQ(samples_of(cache, other).size(), std::size_t{kSamples});
  EXPECT_EQ(entries(folder_).size(), 1u);
  EXPECT_EQ(samples_of(cache, clip_), expected);
  EXPECT_THAT(cache.warning(), HasSubstr("fit"));
}

TEST_F(PcmCacheTest, DeletesNothingForAClipThatCannotFit) {
  PcmCache(folder_, kPlenty).get(clip_, kTestRate);
  PcmCache small(folder_, kSamples);
  const fs::path other = write_sine(clip_.parent_path() / "other.wav", 300, kSamples);
  EXPECT_EQ(samples_of(small, other).size(), std::size_t{kSamples});
  EXPECT_EQ(entries(folder_).size(), 1u);
  EXPECT_FALSE(ClipReader(kTestRate, models::Pcm::int16, &small).is_cached());
  EXPECT_EQ(PcmCache::open(0), nullptr);
}

TEST_F(PcmCacheTest, KeepsTheWarningOfADamagedClip) {
  write_sine(clip_, 440, 2 * kTestRate);
  fs::resize_file(clip_, fs::file_size(clip_) - kTestRate);
  PcmCache cache(folder_, kPlenty);
  const std::string warning = cache.get(clip_, kTestRate).warning();
  EXPECT_NE(warning, "");
  EXPECT_EQ(cache.get(clip_, kTestRate).warning(), warning);
  EXPECT_EQ(PcmCache(folder_, kPlenty).get(clip_, kTestRate).warning(), warning);
}

TEST_F(PcmCacheTest, AClipBeyondTheLimitIsTooLongWhetherItIsCachedOrNot) {
  PcmCache cache(folder_, kPlenty);
  const audio::LoadLimits less{.max_bytes = 2 * kSamples - 2}, enough{.max_bytes = 2 * kSamples};
  EXPECT_THROW(cache.get(clip_, kTestRate, less), audio::ClipTooLong);
  EXPECT_EQ(cache.get(clip_, kTestRate, enough).size(), std::size_t{kSamples});
  EXPECT_EQ(entries(folder_).size(), 1u);
  EXPECT_THROW(cache.get(clip_, kTestRate, less), audio::ClipTooLong);
  EXPECT_EQ(cache.get(clip_, kTestRate, enough).size(), std::size_t{kSamples});
}

TEST_F(PcmCacheTest, WorksWithoutAFolderItCanWriteTo) {
  const fs::path blocked = write_text(test_folder("blocked") / "file", "not a folder") / "pcm";
  PcmCache cache(blocked, kPlenty);
  EXPECT_EQ(samples_of(cache, clip_).size(), std::size_t{kSamples});
  EXPECT_THAT(cache.warning(), HasSubstr("not cached"));
}

TEST_F(PcmCacheTest, NamesTheClipThatIsMissing) {
  PcmCache cache(folder_, kPlenty);
  const fs::path missing = clip_.parent_path() / "missing.wav";
  EXPECT_THAT(message_of<IoError>([&] { cache.get(missing, kTestRate); }), HasSubstr(missing.string()));
}

TEST(PcmCacheFolder, FollowsTheBaseDirectories) {
  const char* const home = std::getenv("HOME");
  const char* const given = std::getenv("XDG_CACHE_HOME");
  const std::string old_home = home ? home : "", old_cache = given ? given : "";
  setenv("HOME", "/home/user", 1);
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(PcmCache::default_folder(), "/home/user/.cache/sonograd/pcm");
  setenv("XDG_CACHE_HOME", "/caches", 1);
  EXPECT_EQ(PcmCache::default_folder(), "/caches/sonograd/pcm");
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(PcmCache::default_folder(), "/home/user/.cache/sonograd/pcm");
  home ? setenv("HOME", old_home.c_str(), 1) : unsetenv("HOME");
  given ? setenv("XDG_CACHE_HOME", old_cache.c_str(), 1) : unsetenv("XDG_CACHE_HOME");
}

TEST_F(PcmCacheTest, ThreadsShareEntriesWhileOthersAreDropped) {
  constexpr int kThreads = 6, kClips = 5;
  std::vector<fs::path> clips;
  std::vector<std::vector<std::int16_t>> expected;
  for (int i = 0; i < kClips; ++i) {
    clips.push_back(write_sine(clip_.parent_path() / concat(i, ".wav"), 300 + 40 * i, kSamples));
    expected.push_back(all_samples(decode_pcm(clips.back(), kTestRate)));
  }
  PcmCache cache(folder_, 3 * kSamples * sizeof(std::int16_t));
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::size_t round = 0; round < 20; ++round) {
          const std::size_t which = (round * 3 + static_cast<std::size_t>(thread)) % kClips;
          wrong += samples_of(cache, clips[which]) != expected[which];
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_THAT(cache.warning(), HasSubstr("fit"));
}

}  // namespace
}  // namespace sonograd::train
