// Jamendo VAD (Ramona, Richard, David, ICASSP 2008): 93 songs with the times of singing.
#include <algorithm>

#include "audio/files.h"
#include "tensor/support/error.h"
#include "train/data/data_error.h"
#include "train/data/segments.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kSongs = 93;

/// Seconds of the segments with this label; without one, of all.
double seconds_of(std::span<const Segment> segments, std::string_view label = {}) {
  double sum = 0;
  for (const Segment& segment : segments)
    if (label.empty() || segment.label == label) sum += segment.end - segment.begin;
  return sum;
}

/// Segments `sing` and `nosing` of a song.
std::vector<Segment> read_lab(const fs::path& file) {
  std::vector<Segment> segments = read_segments(file);
  for (const Segment& segment : segments) {
    if (segment.label != "sing" && segment.label != "nosing") {
      throw DataError(concat(file.string(), ": expected segments with the label sing or nosing, got '",
                             segment.label, "'"));
    }
  }
  if (!(seconds_of(segments) > 0))
    throw DataError(concat(file.string(), ": expected segments, the file has none"));
  return segments;
}

SetClips read_jamendo_vad(const SetRequest& request) {
  SetClips set{.folder = request.audio.empty() ? request.root : request.audio,
               .columns = {"tags", "segments", "split"},
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
      const std::vector<Segment> segments = read_lab(lab);
      const double whole = seconds_of(segments);
      const std::vector<std::string> tags = {graded_tag("sing", seconds_of(segments, "sing") / whole)};
      set.clips.push_back({.path = concat(part, "/", file.filename().string()),
                           .key = stem,
                           .seconds = whole,
                           .cells = {tags_cell(tags), segments_cell(segments), part}});
    }
  }
  expect_count(set, set.clips.size(), kSongs, "songs");
  return set;
}

}  // namespace

DataSet jamendo_vad_set() {
  return {.name = "jamendo-vad",
          .summary =
              "Jamendo VAD: 93 songs; the tag `sing` has the share of the song that is sung as its grade, "
              "and the column segments has the times (--task segments)",
          .layout = "train/, valid/, test/ with ogg and mp3 files; jamendo_lab/SONG.lab",
          .subsets = {},
          .splits = {{"published", "the three folders"}},
          .read = read_jamendo_vad};
}

}  // namespace sonograd::train
