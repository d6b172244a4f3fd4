// Sound files with random bytes flipped: each has its line in the result, and undamaged files have the same tags as alone.
//
// SONOGRAD_FLIPS and SONOGRAD_FLIP_SEED: number of copies, and their seed. SONOGRAD_FLIP_CLIPS: a folder of sound files
// instead of small ones that are made here; scripts/flip-test sets them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "audio/encode.h"
#include "tensor/random.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/support/environment.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<fs::path> made_clips() {
  const fs::path folder = test::temporary_folder("whole_clips");
  std::vector<float> samples(40000);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = 0.4f * std::sin(0.0003f * static_cast<float>(i % 700 * i));
  const std::pair<const char*, audio::Encoding> kinds[] = {{"a.wav", audio::Encoding::wav_pcm16},
                                                           {"b.wav", audio::Encoding::wav_float},
                                                           {"c.flac", audio::Encoding::flac_pcm16},
                                                           {"d.ogg", audio::Encoding::ogg_vorbis},
                                                           {"e.mp3", audio::Encoding::mp3}};
  std::vector<fs::path> clips;
  for (const auto& [name, encoding] : kinds) {
    audio::write_sound(folder / name, samples, 16000, encoding);
    clips.push_back(folder / name);
  }
  return clips;
}

std::vector<fs::path> whole_clips() {
  const char* const folder = std::getenv("SONOGRAD_FLIP_CLIPS");
  if (folder == nullptr) return made_clips();
  std::vector<fs::path> clips;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() != ".tsv" && entry.path().extension() != ".txt")
      clips.push_back(entry.path());
  }
  std::ranges::sort(clips);
  return clips;
}

/// Changes up to 64 bytes, in every second copy only bytes that may belong to headers.
std::string flipped(std::string bytes, Random& random) {
  constexpr std::size_t kHeaders = 512;
  const std::size_t range = random.below(2) == 0 ? std::min(bytes.size(), kHeaders) : bytes.size();
  for (std::uint64_t left = 1 + random.below(64); left > 0 && range > 0; --left)
    bytes[random.below(range)] ^= static_cast<char>(1 + random.below(255));
  return bytes;
}

struct Tagged {
  test::RunResult result;
  std::map<std::string, json> lines;
};

Tagged tag(const std::vector<fs::path>& files) {
  std::vector<std::string> arguments = {"tag", test::small_model_file(), "--json", "--all", "--no-progress"};
  arguments.insert(arguments.end(), files.begin(), files.end());
  Tagged tagged{.result = test::run_sonograd(arguments), .lines = {}};
  std::istringstream lines(tagged.result.out);
  for (std::string line; std::getline(lines, line);) {
    const json parsed = json::parse(line);
    tagged.lines[parsed["file"]] = parsed;
  }
  return tagged;
}

void expect_same_tags(const json& line, const json& alone) {
  ASSERT_EQ(line["status"], "ok") << line.dump();
  ASSERT_EQ(line["tags"].size(), alone["tags"].size());
  for (std::size_t i = 0; i < alone["tags"].size(); ++i) {
    EXPECT_NEAR(line["tags"][i]["score"].get<double>(), alone["tags"][i]["score"].get<double>(), 1e-5);
  }
}

TEST(FlippedBytes, EachFileGetsItsLine) {
  const std::vector<fs::path> whole = whole_clips();
  ASSERT_FALSE(whole.empty());
  const Tagged alone = tag(whole);
  ASSERT_EQ(alone.lines.size(), whole.size());

  const fs::path folder = test::temporary_folder("flipped");
  Random random({.seed = static_cast<std::uint64_t>(test::from_environment("SONOGRAD_FLIP_SEED", 1)),
                 .stream = RandomStream::test});
  std::vector<fs::path> files = whole;
  for (long copy = 0; copy < test::from_environment("SONOGRAD_FLIPS", 40); ++copy) {
    const fs::path& source = whole[random.below(whole.size())];
    const fs::path file = folder / concat(copy, source.extension().string());
    test::write_file(file, flipped(test::read_file(source), random));
    files.insert(files.begin() + static_cast<std::ptrdiff_t>(random.below(files.size() + 1)), file);
  }

  const Tagged together = tag(files);
  EXPECT_EQ(together.result.exit_code, 5) << together.result.err;
  std::istringstream remarks(together.result.err);
  for (std::string line; std::getline(remarks, line);) {
    EXPECT_TRUE(line.starts_with("device: ") || line.starts_with("sonograd: ")) << "from a library: " << line;
  }
  ASSERT_EQ(together.lines.size(), files.size()) << "stopped after " << together.result.out;
  for (const auto& [file, line] : together.lines) {
    const bool is_ok = line["status"] == "ok";
    EXPECT_TRUE(is_ok || (line["status"] == "error" && !line["error"].get<std::string>().empty())) << line;
    for (const json& tag : is_ok ? line["tags"] : json::array()) {
      EXPECT_TRUE(tag["score"] >= 0 && tag["score"] <= 1) << line;
    }
  }
  const auto errors = std::ranges::count_if(
      together.lines, [](const auto& line) { return line.second["status"] == "error"; });
  std::printf("%zu files, %td of them with an error\n", files.size(), errors);
  for (const auto& [file, line] : alone.lines) {
    if (line["status"] == "ok") expect_same_tags(together.lines.at(file), line);
  }
}

}  // namespace
}  // namespace sonograd
