// Jamendo VAD (Ramona, Richard, David, ICASSP 2008): 93 songs with the times of singing.
#include <algorithm>

#include "audio/files.h"
#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kSongs = 93;

/// Lengths in seconds.
struct Singing {
  double sung = 0, whole = 0;
};

/// Lines "start end sing" or "start end nosing", in seconds.
Singing read_lab(const fs::path& file) {
  const std::string text = io::read_text_file(file);
  Singing singing;
  std::size_t number = 0;
  for (const std::string_view line : text_lines(text)) {
    ++number;
    if (trim(line).empty()) continue;
    const std::size_t first = line.find(' '), second = line.find(' ', first + 1);
    const bool has_three = second != std::string_view::npos && first != std::string_view::npos;
    const auto start = has_three ? parse_number<double>(line.substr(0, first)) : std::nullopt;
    const auto end =
        has_three ? parse_number<double>(line.substr(first + 1, second - first - 1)) : std::nullopt;
    const std::string_view label = has_three ? trim(line.substr(second + 1)) : std::string_view();
    if (!start || !end || !(*end >= *start) || (label != "sing" && label != "nosing")) {
      throw DataError(concat(file.string(), ':', number,
                             ": expected START END sing or START END nosing, got '", line, "'"));
    }
    singing.whole += *end - *start;
    if (label == "sing") singing.sung += *end - *start;
  }
  if (!(singing.whole > 0)) throw DataError(concat(file.string(), ": expected segments, the file has none"));
  return singing;
}

SetClips read_jamendo_vad(const SetRequest& request) {
  SetClips set{.folder = request.audio.empty() ? request.root : request.audio,
               .columns = {"tags", "split"},
               .clips = {},
               .warnings = {}};
  for (const std::string part : {"train", "valid", "test"}) {
    std::error_code ignored;
    if (!fs::is_directory(set.folder / part, ignored)) {
      throw DataError(concat((set.folder / part).string(), ": missing; expected the folder of jam_", part,
                             "_audio.tar.gz"));
    }
    for (const fs::path& file : audio::audio_files(set.folder / part, false)) {
      const std::string stem = file.stem().string();
      const fs::path lab = set_file(request.root, {concat("jamendo_lab/", stem, ".lab")},
                                    "the segments of this song, of jam_annote.tar.gz");
      const Singing singing = read_lab(lab);
      const std::vector<std::string> tags = {graded_tag("sing", singing.sung / singing.whole)};
      set.clips.push_back({.path = concat(part, "/", file.filename().string()),
                           .key = stem,
                           .seconds = singing.whole,
                           .cells = {tags_cell(tags), part}});
    }
  }
  expect_count(set, set.clips.size(), kSongs, "songs");
  return set;
}

}  // namespace

DataSet jamendo_vad_set() {
  return {
      .name = "jamendo-vad",
      .summary = "Jamendo VAD: 93 songs; the tag `sing` has the share of the song that is sung as its grade",
      .layout = "train/, valid/, test/ with ogg and mp3 files; jamendo_lab/SONG.lab",
      .subsets = {},
      .splits = {{"published", "the three folders"}},
      .read = read_jamendo_vad};
}

}  // namespace sonograd::train
