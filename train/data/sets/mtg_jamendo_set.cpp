// MTG-Jamendo (Bogdanov, Won, Tovstogan, Porter, Serra, 2019): 55,525 tracks in five splits, 183 tags of genre, instrument, mood.
#include <algorithm>
#include <utility>

#include "tensor/support/error.h"
#include "tensor/support/number.h"
#include "train/data/data_error.h"
#include "train/data/metadata_table.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kJamendoProbes = 50;

/// "rock" of "genre---rock". Names differ between the categories.
std::string jamendo_tag(const MetadataTable& table, std::size_t column) {
  constexpr std::string_view kSeparator = "---";
  const std::string& cell = table[column];
  const std::size_t at = cell.find(kSeparator);
  if (at == std::string::npos) {
    throw DataError(concat(table.where(table.column("TAGS")), ": expected CATEGORY---TAG, got '", cell, "'"));
  }
  return cell.substr(at + kSeparator.size());
}

/// The name of a split file, without its folder: "split-0/autotagging_genre-train.tsv".
std::string jamendo_table(const SetRequest& request, std::string_view part) {
  const std::string subset = request.subset == "all" ? "" : "_" + request.subset;
  return concat("split-", request.split, "/autotagging", subset, "-", part, ".tsv");
}

void read_jamendo_part(const SetRequest& request, std::string_view published, std::string_view part,
                       SetClips& set) {
  const std::string name = jamendo_table(request, published);
  const std::string in_data = "data/splits/" + name, in_splits = "splits/" + name;
  MetadataTable table(set_file(request.root, {in_data, in_splits, name},
                               "a clone of github.com/MTG/mtg-jamendo-dataset, or its folder data/splits"),
                      '\t', RowWidth::at_least);
  const std::size_t id = table.column("TRACK_ID"), artist = table.column("ARTIST_ID"),
                    album = table.column("ALBUM_ID"), path = table.column("PATH"),
                    duration = table.column("DURATION"), first_tag = table.column("TAGS");
  while (table.next()) {
    const auto seconds = parse_number<double>(table[duration]);
    if (!seconds || !(*seconds >= 0))
      throw DataError(concat(table.where(duration), ": expected seconds, got '", table[duration], "'"));
    std::vector<std::string> tags;
    for (std::size_t column = first_tag; column < table.cells().size(); ++column)
      tags.push_back(jamendo_tag(table, column));
    set.clips.push_back({.path = table[path],
                         .key = table[id],
                         .seconds = *seconds,
                         .cells = {tags_cell(tags), std::string(part), table[artist], table[album]}});
  }
}

/// The name of a file in the package of low bit rates: "48/948.low.mp3".
std::string low_name(const std::string& path) {
  return fs::path(path).replace_extension(".low.mp3").string();
}

SetClips read_jamendo(const SetRequest& request) {
  SetClips set{.folder = {}, .columns = {"tags", "split", "group", "album"}, .clips = {}, .warnings = {}};
  for (const auto& [published, part] :
       {std::pair{"train", "train"}, {"validation", "valid"}, {"test", "test"}})
    read_jamendo_part(request, published, part, set);
  std::vector<std::string> probes;
  for (const SetClip& clip : set.clips) {
    if (probes.size() >= kJamendoProbes) break;
    probes.push_back(clip.path);
    probes.push_back(low_name(clip.path));
  }
  constexpr std::string_view kAdvice =
      "expected the folders 00 to 99 with mp3 files, of the archives of audio or audio-low; --audio names "
      "the "
      "folder where they are elsewhere";
  set.folder = set_audio_folder(request, std::vector<std::string>{"", "audio", "audio-low", "data/audio"},
                                probes, kAdvice);
  std::error_code ignored;
  const bool is_low = std::ranges::none_of(probes, [&](const std::string& path) {
    return !path.ends_with(".low.mp3") && fs::exists(set.folder / path, ignored);
  });
  if (is_low)
    for (SetClip& clip : set.clips) clip.path = low_name(clip.path);
  require_folders(set, kAdvice);
  return set;
}

}  // namespace

DataSet mtg_jamendo_set() {
  return {.name = "mtg-jamendo",
          .summary = "MTG-Jamendo: 55,525 tracks, 183 tags of genre, instrument, mood and theme",
          .layout =
              "data/splits/split-0/autotagging-train.tsv and so on; audio 00/ to 99/ in the root, audio/ "
              "or audio-low/",
          .subsets = {{"all", "183 tags"},
                      {"genre", "87 genres"},
                      {"instrument", "40 instruments"},
                      {"moodtheme", "56 moods and themes"},
                      {"top50tags", "the 50 most frequent tags"}},
          .splits = {{"0", "the split of most publications; artists are not divided"},
                     {"1", "further splits"},
                     {"2", ""},
                     {"3", ""},
                     {"4", ""}},
          .read = read_jamendo};
}

}  // namespace sonograd::train
