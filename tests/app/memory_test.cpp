// Memory of `tag`, `evaluate` and `explain`: bounded however long the clips are.
#include <fstream>
#include <gtest/gtest.h>
#include <sndfile.h>
#include <sys/resource.h>

#include "audio/encode.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;

constexpr int kClipRate = 8000;  // of the model, too

/// A silent clip: `hours` of it take little space as flac.
void write_silence(const fs::path& file, int hours) {
  SF_INFO info{};
  info.samplerate = kClipRate;
  info.channels = 1;
  info.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
  SNDFILE* const out = sf_open(file.c_str(), SFM_WRITE, &info);
  ASSERT_NE(out, nullptr);
  const std::vector<short> second(kClipRate);
  for (int i = 0; i < hours * 3600; ++i) sf_writef_short(out, second.data(), kClipRate);
  sf_close(out);
}

/// Limits what a process may allocate: what exceeds it fails.
std::function<void()> with_data_limit(rlim_t bytes) {
  return [bytes] {
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_DATA, &limit);
    setenv("MALLOC_ARENA_MAX", "2", 1);
  };
}

constexpr rlim_t kMemoryLimit = rlim_t{300} << 20;

TEST(Memory, ThreeClipsOfSixHoursTakeNoMoreThanTheLimit) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer reserves more than the limit for its shadow";
#endif
  const fs::path folder = test::temporary_folder("long");
  write_silence(folder / "0.flac", 6);
  for (const char* const name : {"1.flac", "2.flac"}) fs::create_hard_link(folder / "0.flac", folder / name);
  std::ofstream(folder / "labels.tsv") << "path\ttags\n0.flac\tdrums\n1.flac\tflute\n2.flac\tno vocals\n";
  const fs::path model = test::small_model_file();
  const auto tagged = run_sonograd(
      {"tag", model, folder, "--chunks", "3", "--max-memory", "300M", "--threads", "4", "--json"},
      with_data_limit(kMemoryLimit));
  EXPECT_EQ(tagged.exit_code, 0) << tagged.err << tagged.out;
  EXPECT_NE(tagged.out.find("\"seconds\":21600"), std::string::npos) << tagged.out;
  EXPECT_EQ(tagged.out.find("warning"), std::string::npos) << tagged.out;

  const auto evaluated = run_sonograd({"evaluate", model, "--data", folder, "--chunks", "3", "--max-memory",
                                       "300M", "--threads", "4", "--json"},
                                      with_data_limit(kMemoryLimit));
  EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_NE(evaluated.out.find("\"clips\":3"), std::string::npos) << evaluated.out;

  const auto explained = run_sonograd({"explain", model, folder / "0.flac", "--from", "20000.5", "--seconds",
                                       "5", "--method", "gradient", "--deletion-steps", "0", "--threads", "4",
                                       "--out", test::temporary_folder("long_explained"), "--json"},
                                      with_data_limit(kMemoryLimit));
  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_NE(explained.out.find("\"begin\":20000.5,\"seconds\":5.0"), std::string::npos) << explained.out;
}

TEST(Memory, ABatchTakesNoMoreThanTheChunksThatFillIt) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer reserves more than the limit for its shadow";
#endif
  const fs::path clip = test::temporary_folder("short") / "a.wav";
  audio::write_sound(clip, std::vector<float>(3 * kClipRate), kClipRate, audio::Encoding::wav_pcm16);
  // 4096 chunks are half a GiB.
  const auto result =
      run_sonograd({"tag", test::small_model_file(), clip, "--batch", "4096", "--max-memory", "1T"},
                   with_data_limit(kMemoryLimit));
  EXPECT_EQ(result.exit_code, 0) << result.err << result.out;
}

TEST(Memory, TheLimitIsASizeAndLeavesTheScoresAlone) {
  const fs::path folder = test::temporary_folder("small_limit");
  std::vector<float> samples(20 * kClipRate);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i % 97) / 97 - 0.5f;
  audio::write_sound(folder / "a.wav", samples, kClipRate, audio::Encoding::wav_pcm16);
  const fs::path model = test::small_model_file();
  const auto plain = run_sonograd({"tag", model, folder / "a.wav", "--batch", "1", "--json"});
  for (const char* const size : {"16M", "17000KB", "0.1G"}) {
    const auto limited =
        run_sonograd({"tag", model, folder / "a.wav", "--max-memory", size, "--batch", "1", "--json"});
    EXPECT_EQ(limited.exit_code, 0) << limited.err;
    EXPECT_EQ(limited.out, plain.out) << size;
  }
  for (const char* const size :
       {"0", "10", "1M", "15.9M", "-3M", "much", "300X", "nan", "inf", "9999999999T"}) {
    const auto refused = run_sonograd({"tag", model, folder / "a.wav", "--max-memory", size});
    EXPECT_EQ(refused.exit_code, 2) << size;
    EXPECT_NE(refused.err.find("expected a size such as 300M or 2G, at least 16M"), std::string::npos)
        << refused.err;
  }
}

}  // namespace
}  // namespace sonograd
