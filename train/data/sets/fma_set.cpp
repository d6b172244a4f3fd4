// FMA, a data set for music analysis (Defferrard, Benzi, Vandergheynst, Bresson, ISMIR 2017): clips of 30 s, and whole tracks.
#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "tensor/support/error.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/data/metadata_table.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace {

constexpr double kFmaSeconds = 30;
constexpr std::size_t kFmaProbes = 200;
/// Tracks whose clips of 30 s have no sound, or a second of it (issues 8, 36 and 41 of github.com/mdeff/fma).
constexpr int kFmaBroken[] = {1486,   5574,   65753,  80391,  98558,  98559,  98560,
                              98565,  98566,  98567,  98568,  98569,  98571,  99134,
                              105247, 108924, 108925, 126981, 127336, 133297, 143992};

/// A subset, and the folders that contain its clips.
struct FmaSubset {
  std::string_view name;
  std::size_t tracks;
  std::vector<std::string> folders;
  bool has_top_genre;  ///< one genre for each track
};

const FmaSubset& find_fma_subset(std::string_view name) {
  static const std::vector<FmaSubset> subsets = {
      {"small", 8000, {"fma_small", "fma_medium", "fma_large", ""}, true},
      {"medium", 25000, {"fma_medium", "fma_large", ""}, true},
      {"large", 106574, {"fma_large", ""}, false},
      {"full", 106574, {"fma_full", ""}, false}};
  return *std::ranges::find(subsets, name, &FmaSubset::name);
}

/// A track belongs to the smallest subset that its row names, and to all larger ones.
bool is_in_fma(const FmaSubset& subset, std::string_view smallest) {
  return !subset.has_top_genre || smallest == "small" || smallest == subset.name;
}

/// The column of tracks.csv with both headers.
std::size_t track_column(const MetadataTable& table, std::string_view group, std::string_view field) {
  for (std::size_t column = 0; column < table.header(0).size() && column < table.header(1).size(); ++column)
    if (table.header(0)[column] == group && table.header(1)[column] == field) return column;
  throw DataError(concat(table.name(), ":1: expected a column '", group, "' / '", field,
                         "' in the three lines of its header"));
}

/// The numbers of a list of Python: "[21, 45]".
std::vector<int> numbers_of(const MetadataTable& table, std::size_t column) {
  std::string_view list = trim(table[column]);
  const auto fail = [&] {
    return DataError(
        concat(table.where(column), ": expected a list such as [21, 45], got '", table[column], "'"));
  };
  if (!list.starts_with('[') || !list.ends_with(']')) throw fail();
  list = trim(list.substr(1, list.size() - 2));
  std::vector<int> numbers;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const auto number = parse_number<int>(trim(list.substr(0, comma)));
    if (!number) throw fail();
    numbers.push_back(*number);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return numbers;
}

/// Names of the genres by number; a title that two genres have has the number behind it.
std::map<int, std::string> read_fma_genres(const SetRequest& request) {
  MetadataTable table(
      set_file(request.root, {"fma_metadata/genres.csv", "genres.csv"}, "a table of fma_metadata.zip"), ',');
  const std::size_t id = table.column("genre_id"), title = table.column("title");
  std::map<int, std::string> genres;
  std::map<std::string, int> uses;
  while (table.next()) {
    const auto number = parse_number<int>(table[id]);
    if (!number) throw DataError(concat(table.where(id), ": expected a number, got '", table[id], "'"));
    genres[*number] = table[title];
    ++uses[table[title]];
  }
  for (auto& [number, name] : genres)
    if (uses[name] > 1) name = fmt::format("{} ({})", name, number);
  return genres;
}

std::string fma_part(const MetadataTable& table, std::size_t column) {
  const std::string& cell = table[column];
  if (cell == "training") return "train";
  if (cell == "validation") return "valid";
  if (cell == "test") return "test";
  throw DataError(concat(table.where(column), ": expected training, validation or test, got '", cell, "'"));
}

/// Names of all genres of a track.
std::string genre_tags(const MetadataTable& table, std::size_t column,
                       const std::map<int, std::string>& genres) {
  std::vector<std::string> names;
  for (const int number : numbers_of(table, column)) {
    const auto genre = genres.find(number);
    if (genre == genres.end())
      throw DataError(concat(table.where(column), ": genre ", number, " is not in genres.csv"));
    names.push_back(genre->second);
  }
  std::ranges::sort(names);
  return tags_cell(names);
}

SetClips read_fma(const SetRequest& request) {
  const FmaSubset& chosen = find_fma_subset(request.subset);
  const bool is_full = request.subset == "full";
  MetadataTable table(
      set_file(request.root, {"fma_metadata/tracks.csv", "tracks.csv"}, "a table of fma_metadata.zip"), ',',
      RowWidth::fixed, 3);
  const std::size_t split = track_column(table, "set", "split"),
                    subset = track_column(table, "set", "subset"),
                    top = track_column(table, "track", "genre_top"),
                    all = track_column(table, "track", "genres_all"),
                    artist = track_column(table, "artist", "id"),
                    duration = track_column(table, "track", "duration");
  const std::map<int, std::string> genres =
      chosen.has_top_genre ? std::map<int, std::string>() : read_fma_genres(request);
  SetClips set;
  set.columns = chosen.has_top_genre ? std::vector<std::string>{"label", "split", "group"}
                                     : std::vector<std::string>{"tags", "split", "group", "genre_top"};
  while (table.next()) {
    if (!is_in_fma(chosen, table[subset])) continue;
    const auto track = parse_number<int>(table[0]);
    if (!track || *track < 0 || *track > 999999)
      throw DataError(concat(table.where(0), ": expected the number of a track, got '", table[0], "'"));
    if (chosen.has_top_genre && table[top].empty())
      throw DataError(concat(table.where(top), ": expected a genre, the cell is empty"));
    const double seconds =
        is_full ? parse_number<double>(table[duration]).value_or(kFmaSeconds) : kFmaSeconds;
    const std::string labels = chosen.has_top_genre ? table[top] : genre_tags(table, all, genres);
    SetClip& clip =
        set.clips.emplace_back(SetClip{.path = fmt::format("{:03}/{:06}.mp3", *track / 1000, *track),
                                       .key = fmt::format("{:06}", *track),
                                       .seconds = seconds,
                                       .cells = {labels, fma_part(table, split), table[artist]}});
    if (!chosen.has_top_genre) clip.cells.push_back(table[top]);
  }
  expect_count(set, set.clips.size(), chosen.tracks, concat("tracks of fma_", chosen.name));
  if (!is_full) {
    leave_out(set, "whose published files have no sound", [](const SetClip& clip) {
      return std::ranges::binary_search(kFmaBroken, parse_number<int>(clip.path.substr(4, 6)).value_or(0));
    });
  }
  const std::string advice = concat("expected ", chosen.folders[0], "/000 and so on, of ", chosen.folders[0],
                                    ".zip, which may lie in --audio");
  set.folder = set_audio_folder(request, chosen.folders, first_paths(set, kFmaProbes), advice);
  require_folders(set, advice);
  return set;
}

}  // namespace

DataSet fma_set() {
  return {
      .name = "fma",
      .summary = "FMA: 8,000, 25,000 or 106,574 clips of 30 s, 8, 16 or 161 genres; and whole tracks",
      .layout = "fma_metadata/tracks.csv and genres.csv; fma_small/, fma_medium/, fma_large/ or fma_full/",
      .subsets = {{"small", "8,000 clips, 8 genres, one for each clip"},
                  {"medium", "25,000 clips, 16 genres, one for each clip"},
                  {"large", "106,574 clips, 161 genres as tags"},
                  {"full", "106,574 whole tracks, 161 genres as tags"}},
      .splits = {{"published", "training, validation and test of tracks.csv; artists are not divided"}},
      .read = read_fma};
}

}  // namespace sonograd::train
