// The decoder against a table of real files, which is not part of the repository.
#include <gmock/gmock.h>
#include <map>
#include <sstream>

#include "tensor/support/error.h"
#include "tests/audio/sound_files.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;

fs::path clips_folder() {
  return test::shared_path("data/clips");
}

using Row = std::map<std::string, std::string>;

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, '\t');) cells.push_back(cell);
  return cells;
}

std::vector<Row> rows(const fs::path& table) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  const auto header = cells(line);
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const auto values = cells(line);
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = values.at(i);
  }
  return rows;
}

double allowed_difference(const std::string& codec) {
  if (codec == "mp3") return 2400;
  return codec == "vorbis" ? 128 : 0;
}

void expect_decodes(const Row& row, const DecodedFile& file) {
  const double rms = std::stod(row.at("ffmpeg_rms"));
  EXPECT_EQ(file.sample_rate, std::stoi(row.at("rate")));
  EXPECT_EQ(file.channels, std::stoi(row.at("channels")));
  EXPECT_NEAR(static_cast<double>(file.frames()), std::stod(row.at("ffmpeg_frames")),
              allowed_difference(row.at("codec")));
  // The table rounds to five digits.
  EXPECT_NEAR(file.rms, rms, 0.01 * rms + 5e-6);
  EXPECT_EQ(file.warning, "");
}

void expect_warning_or_error(const std::string& name, const fs::path& path) {
  try {
    const DecodedFile file = decode_all(path);
    EXPECT_NE(file.warning, "");
    EXPECT_GE(file.seconds, 1);
  } catch (const FormatError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(name));
  }
}

TEST(Clips, DecodeAsTheTableSays) {
  const fs::path folder = clips_folder();
  if (!fs::exists(folder / "clips.tsv")) GTEST_SKIP() << "no clips in " << folder << "; set SONOGRAD_SHARED";
  for (const Row& row : rows(folder / "clips.tsv")) {
    const std::string& name = row.at("path");
    SCOPED_TRACE(name);
    if (row.at("expected") == "decodes") {
      expect_decodes(row, decode_all(folder / name));
    } else if (name.starts_with("bad_")) {
      expect_warning_or_error(name, folder / name);
    } else {
      try {
        expect_decodes(row, decode_all(folder / name));
      } catch (const FormatError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("ffmpeg"));
      }
    }
  }
}

}  // namespace
}  // namespace sonograd::audio
