#include "train/data/sets/registry.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/data_error.h"
#include "train/data/split_file.h"

namespace sonograd::train {
namespace {

/// With KEY.pcm16 a name of a tar archive, and room for a number.
constexpr std::size_t kMaxKey = 90;

std::string hash_text(std::string_view text) {
  return fmt::format("{:016x}", split_hash(text));
}

/// `key` as the name of a file without an extension: names of WebDataset end at the first dot.
std::string file_key(std::string_view key, const std::string& path) {
  std::string name;
  for (const char c : key) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    name += is_plain ? c : '-';
  }
  if (name.empty() || name.size() > kMaxKey)
    name = name.substr(0, kMaxKey - 17).append("-").append(hash_text(path));
  return name;
}

/// Two different keys may become one name, and a data set may repeat a key.
void make_keys_unique(std::vector<SetClip>& clips) {
  std::unordered_map<std::string, std::size_t> uses;
  for (SetClip& clip : clips) {
    clip.key = file_key(clip.key, clip.path);
    ++uses[clip.key];
  }
  for (SetClip& clip : clips)
    if (uses[clip.key] > 1)
      clip.key = clip.key.substr(0, kMaxKey - 17).append("-").append(hash_text(clip.path));
}

/// Cells stand in one line of a table.
void make_cells_plain(SetClips& set) {
  for (SetClip& clip : set.clips) {
    for (std::string& cell : clip.cells) {
      for (char& c : cell) c = c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
      cell = std::string(trim(cell));
    }
  }
  const auto is_no_text = [&](const SetClip& clip) {
    const bool is_text = is_utf8_text(clip.path) && clip.path.find_first_of("\t\r\n") == std::string::npos;
    if (!is_text) {
      set.warnings.push_back(
          concat(to_utf8_lossy(clip.path),
                 ": the clip is left out, because its name is not UTF-8, or has a tab or a "
                 "line break"));
    }
    return !is_text;
  };
  std::erase_if(set.clips, is_no_text);
}

/// Expected lengths become sizes of shards: none beyond a day.
void bound_lengths(std::vector<SetClip>& clips) {
  constexpr double kMostSeconds = 24 * 3600;
  for (SetClip& clip : clips)
    clip.seconds = clip.seconds > 0 ? std::min(clip.seconds, kMostSeconds) : 0;  // not a number: 0
}

void require_distinct_paths(const SetClips& set, std::string_view name) {
  std::unordered_set<std::string_view> paths;
  for (const SetClip& clip : set.clips) {
    if (!paths.insert(clip.path).second)
      throw DataError(concat(name, ": the metadata have two rows for '", clip.path, "'"));
  }
}

const DataSet& find_data_set(std::string_view name) {
  static const std::vector<DataSet> sets = all_data_sets();
  const auto found = std::ranges::find(sets, name, &DataSet::name);
  if (found != sets.end()) return *found;
  const std::vector<std::string> names = data_set_names();
  throw ConfigError(concat("data set: expected ", listed(names, names.size()), "; got '", name, "'",
                           did_you_mean(name, names)));
}

/// `word`, or the first choice where it is empty.
std::string choice_of(const DataSet& set, std::string_view option, std::span<const SetChoice> choices,
                      const std::string& word) {
  if (word.empty()) return choices.empty() ? "" : std::string(choices.front().name);
  std::vector<std::string> names;
  for (const SetChoice& choice : choices) names.emplace_back(choice.name);
  if (std::ranges::find(names, word) != names.end()) return word;
  throw ConfigError(concat(option, ": ",
                           names.empty() ? concat("the data set ", set.name, " has none")
                                         : concat("expected ", listed(names, names.size())),
                           "; got '", word, "'", did_you_mean(word, names)));
}

}  // namespace

std::vector<std::string> data_set_names() {
  std::vector<std::string> names;
  for (const DataSet& set : all_data_sets()) names.emplace_back(set.name);
  return names;
}

SetRequest resolve_request(std::string_view name, SetRequest request) {
  const DataSet& set = find_data_set(name);
  request.subset = choice_of(set, "--subset", set.subsets, request.subset);
  request.split = choice_of(set, "--split", set.splits, request.split);
  return request;
}

SetClips read_data_set(std::string_view name, SetRequest request) {
  request = resolve_request(name, std::move(request));
  std::error_code ignored;
  if (!std::filesystem::is_directory(request.root, ignored))
    throw DataError(concat(request.root.string(), ": expected the folder of the data set ", name));
  SetClips clips = find_data_set(name).read(request);
  make_cells_plain(clips);
  bound_lengths(clips.clips);
  if (clips.clips.empty()) throw DataError(concat(request.root.string(), ": no clip of ", name, " is left"));
  require_distinct_paths(clips, request.root.string());
  make_keys_unique(clips.clips);
  return clips;
}

}  // namespace sonograd::train
