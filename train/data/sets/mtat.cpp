#include "train/data/sets/mtat.h"

#include <algorithm>
#include <array>

#include "models/core/label_lists.h"
#include "tensor/support/error.h"
#include "train/data/data_error.h"
#include "train/data/metadata_table.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace {

constexpr double kMtatSeconds = 29.1;
constexpr std::size_t kMtatRows = 25863;
/// Files of the published archive that are empty.
constexpr std::array<std::string_view, 3> kMtatBroken = {
    "6/norine_braun-now_and_zen-08-gently-117-146.mp3",
    "8/jacob_heringman-josquin_des_prez_lute_settings-19-gintzler__pater_noster-204-233.mp3",
    "9/american_baroque-dances_and_suites_of_rameau_and_couperin-25-le_petit_rien_xiveme_ordre_couperin-88-"
    "117.mp3"};

struct MtatColumn {
  std::string name;
  std::size_t column;
};

/// The tag columns of the table, in the order of the published list of 50, or of the table.
std::vector<MtatColumn> mtat_columns(const MetadataTable& table, bool has_all_tags) {
  std::vector<MtatColumn> tags;
  if (has_all_tags) {
    for (std::size_t column = 0; column < table.header().size(); ++column) {
      const std::string& name = table.header()[column];
      if (name != "clip_id" && name != "mp3_path") tags.push_back({name, column});
    }
    return tags;
  }
  for (const std::string& name : models::find_label_list("mtat")->labels)
    tags.push_back({name, table.column(name)});
  return tags;
}

/// "f/artist-album-01-title" of "f/artist-album-01-title-30-59.mp3": clips of one song.
std::string song_of(std::string path) {
  for (int i = 0; i < 2; ++i) path.erase(std::min(path.size(), path.rfind('-')));
  return path;
}

std::string_view mtat_part(const MtatRule& rule, char folder) {
  if (rule.train.find(folder) != std::string_view::npos) return "train";
  if (rule.valid.find(folder) != std::string_view::npos) return "valid";
  return rule.test.find(folder) != std::string_view::npos ? "test" : "";
}

std::vector<std::string> mtat_tags(const MetadataTable& table, const std::vector<MtatColumn>& columns) {
  std::vector<std::string> tags;
  for (const MtatColumn& tag : columns) {
    const std::string& cell = table[tag.column];
    if (cell == "1") {
      tags.push_back(tag.name);
    } else if (cell != "0") {
      throw DataError(concat(table.where(tag.column), ": expected 0 or 1, got '", cell, "'"));
    }
  }
  return tags;
}

}  // namespace

SetClips read_magnatagatune(const SetRequest& request, const MtatRule& rule) {
  MetadataTable table(set_file(request.root, {"annotations_final.csv"},
                               "the table of tags of MagnaTagATune, published beside mp3.zip.001"),
                      '\t');
  const std::size_t id = table.column("clip_id"), path = table.column("mp3_path");
  const std::vector<MtatColumn> columns = mtat_columns(table, rule.has_all_tags);
  SetClips set{.folder = {}, .columns = {"tags", "split", "group"}, .clips = {}, .warnings = {}};
  std::size_t rows = 0;
  for (; table.next(); ++rows) {
    if (table[path].size() < 3 || table[path][1] != '/')
      throw DataError(concat(table.where(path), ": expected FOLDER/NAME.mp3, got '", table[path], "'"));
    const std::string_view part = mtat_part(rule, table[path][0]);
    const std::vector<std::string> tags = mtat_tags(table, columns);
    if (part.empty() || (rule.needs_a_tag && tags.empty())) continue;
    set.clips.push_back({.path = table[path],
                         .key = table[id],
                         .seconds = kMtatSeconds,
                         .least_seconds = rule.least_seconds,
                         .cells = {tags_cell(tags), std::string(part), song_of(table[path])}});
  }
  expect_count(set, rows, kMtatRows, "rows in annotations_final.csv");
  leave_out(set, "which are empty in the published archive", [](const SetClip& clip) {
    return std::ranges::find(kMtatBroken, clip.path) != kMtatBroken.end();
  });
  constexpr std::string_view kAdvice =
      "expected the folders 0 to f: join mp3.zip.001, .002 and .003 byte by byte, and unpack the result";
  const std::vector<std::string> probes = {"0", "1", "2", "a", "b", "c", "d", "e", "f"};
  set.folder = set_audio_folder(request, std::vector<std::string>{"", "mp3", "audio"}, probes, kAdvice);
  require_folders(set, kAdvice);
  return set;
}

}  // namespace sonograd::train
