#include "train/data/sets/esc.h"

#include "train/data/metadata_table.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace {

constexpr double kEscSeconds = 5;
constexpr std::size_t kEsc50 = 2000, kEsc10 = 400;

}  // namespace

SetClips read_esc(const SetRequest& request, bool only_esc10) {
  MetadataTable table(set_file(request.root, {"meta/esc50.csv", "esc50.csv"},
                               "the table of github.com/karolpiczak/ESC-50, of which ESC-10 is a part"),
                      ',');
  const std::size_t file = table.column("filename"), fold = table.column("fold"),
                    category = table.column("category"), esc10 = table.column("esc10"),
                    source = table.column("src_file");
  SetClips set{.folder = {}, .columns = {"label", "fold", "group"}, .clips = {}, .warnings = {}};
  while (table.next()) {
    if (only_esc10 && table[esc10] != "True") continue;
    set.clips.push_back({.path = table[file],
                         .key = std::filesystem::path(table[file]).stem().string(),
                         .seconds = kEscSeconds,
                         .cells = {table[category], table[fold], table[source]}});
  }
  expect_count(set, set.clips.size(), only_esc10 ? kEsc10 : kEsc50, "clips");
  set.folder =
      set_audio_folder(request, std::vector<std::string>{"audio", ""}, first_paths(set, set.clips.size()),
                       "expected audio/ with the wav files of meta/esc50.csv");
  return set;
}

}  // namespace sonograd::train
