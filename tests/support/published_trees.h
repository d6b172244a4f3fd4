// Data sets in miniature, in the layout in which they are published.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/core/label_lists.h"
#include "tensor/support/error.h"
#include "tests/support/files.h"

namespace sonograd::test {

/// MagnaTagATune's table: quoted cells with tabs between them, in spite of its name. Each row has a path and the tags of the clip; the
/// clips have the numbers 2, 3, ….
inline std::string mtat_table(const std::vector<std::pair<std::string, std::vector<std::string>>>& rows) {
  std::vector<std::string> tags = models::find_label_list("mtat")->labels;
  tags.insert(tags.begin(), "no piano");  // one that is not of the 50
  std::string table = "\"clip_id\"";
  for (const std::string& tag : tags) table.append("\t\"").append(tag).append("\"");
  table += "\t\"mp3_path\"\n";
  int id = 2;
  for (const auto& [path, present] : rows) {
    table += concat('"', id++, '"');
    for (const std::string& tag : tags) {
      const bool has = std::find(present.begin(), present.end(), tag) != present.end();
      table.append(has ? "\t\"1\"" : "\t\"0\"");
    }
    table.append("\t\"").append(path).append("\"\n");
  }
  return table;
}

/// The header of FMA's tracks.csv: three lines, here of the columns that are read and some others.
inline constexpr std::string_view kFmaHeader =
    ",album,album,artist,artist,set,set,track,track,track,track,track\n"
    ",information,tags,id,name,split,subset,duration,genre_top,genres,genres_all,title\n"
    "track_id,,,,,,,,,,,\n";

/// Writes files below `root`, with the folders above them.
inline void write_tree(const std::filesystem::path& root,
                       const std::vector<std::pair<std::string, std::string>>& files) {
  for (const auto& [name, text] : files) {
    std::filesystem::create_directories((root / name).parent_path());
    write_file(root / name, text);
  }
}

}  // namespace sonograd::test
