// OpenMIC-2018 (Humphrey, Durand, McFee, ISMIR 2018): 20,000 clips of 10 s, 20 instruments, judged for some clips each.
#include <unordered_map>

#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/data/metadata_table.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace {

constexpr double kOpenmicSeconds = 10;
constexpr std::size_t kOpenmicClips = 20000;

/// The part of each clip, by its key.
std::unordered_map<std::string, std::string> read_openmic_parts(const SetRequest& request) {
  std::unordered_map<std::string, std::string> parts;
  for (const std::string part : {"train", "test"}) {
    const std::string name = concat("split01_", part, ".csv");
    const std::string text = io::read_text_file(
        set_file(request.root, {"partitions/" + name, name}, "a list of openmic-2018-v1.0.0.tgz"));
    for (const std::string_view line : text_lines(text))
      if (!trim(line).empty()) parts[std::string(trim(line))] = part;
  }
  return parts;
}

SetClips read_openmic(const SetRequest& request) {
  const auto parts = read_openmic_parts(request);
  MetadataTable table(
      set_file(request.root, {"openmic-2018-aggregated-labels.csv"}, "a table of openmic-2018-v1.0.0.tgz"),
      ',');
  const std::size_t key = table.column("sample_key"), instrument = table.column("instrument"),
                    relevance = table.column("relevance");
  SetClips set{.folder = {}, .columns = {"tags", "split"}, .clips = {}, .warnings = {}};
  std::unordered_map<std::string, std::size_t> clips;
  std::vector<std::vector<std::string>> tags;
  while (table.next()) {
    const auto grade = parse_number<double>(table[relevance]);
    if (!grade || !(*grade >= 0 && *grade <= 1))
      throw DataError(concat(table.where(relevance), ": expected 0 to 1, got '", table[relevance], "'"));
    const auto [clip, is_new] = clips.try_emplace(table[key], set.clips.size());
    if (is_new) {
      const auto part = parts.find(table[key]);
      if (part == parts.end() || table[key].size() < 3)
        throw DataError(concat(table.where(key), ": '", table[key], "' is in no list of partitions/"));
      set.clips.push_back({.path = concat(table[key].substr(0, 3), "/", table[key], ".ogg"),
                           .key = table[key],
                           .seconds = kOpenmicSeconds,
                           .cells = {"", part->second}});
      tags.emplace_back();
    }
    tags[clip->second].push_back(graded_tag(table[instrument], *grade));
  }
  for (std::size_t i = 0; i < set.clips.size(); ++i) set.clips[i].cells[0] = tags_cell(tags[i]);
  expect_count(set, set.clips.size(), kOpenmicClips, "clips with labels");
  constexpr std::string_view kAdvice = "expected audio/000 and so on, of openmic-2018-v1.0.0.tgz";
  set.folder = set_audio_folder(request, std::vector<std::string>{"audio", ""},
                                first_paths(set, set.clips.size()), kAdvice);
  require_folders(set, kAdvice);
  return set;
}

}  // namespace

DataSet openmic_set() {
  return {.name = "openmic",
          .summary =
              "OpenMIC-2018: 20,000 clips of 10 s, 20 instruments, graded; an instrument without a judgement "
              "counts as absent",
          .layout = "openmic-2018-aggregated-labels.csv; partitions/split01_*.csv; audio/",
          .subsets = {},
          .splits = {{"split01", "the published split: train and test, without validation"}},
          .read = read_openmic};
}

}  // namespace sonograd::train
