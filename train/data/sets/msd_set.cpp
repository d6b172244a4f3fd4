// Million Song Dataset with the tags of Last.fm (Bertin-Mahieux, Ellis, Whitman, Lamere, ISMIR 2011), in the split of Choi et al. (2017):
// previews of 30 s, which are not distributed.
#include <algorithm>
#include <type_traits>
#include <unordered_set>

#include "models/core/label_lists.h"
#include "tensor/io/npz.h"
#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

constexpr double kMsdSeconds = 30;
constexpr std::size_t kMsdClips = 201680 + 12634 + 28540;
constexpr std::size_t kMsdProbes = 200;
constexpr std::string_view kMsdContents = "the lists of github.com/keunwoochoi/MSD_split_for_tagging";

std::vector<std::string> lines_of(const fs::path& file) {
  const std::string text = io::read_text_file(file);
  std::vector<std::string> lines;
  for (const std::string_view line : text_lines(text))
    if (!trim(line).empty()) lines.emplace_back(trim(line));
  return lines;
}

/// Numbers of previews that the authors of the split found to be of no use: their lists are beside it, as far as they are copied.
std::unordered_set<std::string> bad_previews(const fs::path& root) {
  std::unordered_set<std::string> bad;
  std::error_code ignored;
  for (const std::string part : {"train", "valid", "test"}) {
    for (const char* const list : {"_x_7d_bad_duration_id.txt", "_x_7d_invalid_audio_id.txt"}) {
      if (!fs::exists(root / (part + list), ignored)) continue;
      for (std::string& number : lines_of(root / (part + list))) bad.insert(std::move(number));
    }
  }
  return bad;
}

/// Elements of a matrix [clips, 50], whatever their type.
std::vector<bool> tag_matrix(const fs::path& file, std::size_t clips, std::size_t tags) {
  const Tensor array = io::read_npy(file);
  const Shape expected = {static_cast<std::int64_t>(clips), static_cast<std::int64_t>(tags)};
  if (array.shape() != expected)
    throw DataError(concat(file.string(), ": expected an array ", expected, ", got ", array.shape()));
  std::vector<bool> present(clips * tags);
  visit(array.dtype(), [&](auto tag) {
    using T = decltype(tag);
    const std::span<const T> values = array.span<T>();
    std::transform(values.begin(), values.end(), present.begin(), [](T value) {
      if constexpr (std::is_same_v<T, bf16>) {
        return value.bits != 0;
      } else {
        return value != T{};
      }
    });
  });
  return present;
}

/// "3/6/36122424.clip.mp3", the name of the preview, of a name in the list, which is that of an array.
std::string preview_name(const std::string& name) {
  std::string stem = fs::path(name).replace_extension().string();
  if (!stem.ends_with(".clip")) stem += ".clip";
  return stem + ".mp3";
}

void read_msd_part(const SetRequest& request, const std::string& part,
                   const std::unordered_set<std::string>& bad, SetClips& set) {
  const auto list = [&](const char* name) {
    return lines_of(set_file(request.root, {part + name}, kMsdContents));
  };
  const std::vector<std::string> numbers = list("_x_7d_id.txt"), tracks = list("_x_msd_id.txt"),
                                 names = list("_x_filename.txt");
  if (numbers.size() != tracks.size() || numbers.size() != names.size()) {
    throw DataError(concat(request.root.string(), ": the lists of the part ", part,
                           " differ in length: ", numbers.size(), ", ", tracks.size(), " and ", names.size(),
                           " lines; copy them again"));
  }
  const std::vector<std::string>& tags = models::find_label_list("msd")->labels;
  const std::vector<bool> present =
      tag_matrix(set_file(request.root, {part + "_y.npy"}, kMsdContents), numbers.size(), tags.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (bad.contains(numbers[i])) continue;
    std::vector<std::string> of_clip;
    for (std::size_t tag = 0; tag < tags.size(); ++tag)
      if (present[i * tags.size() + tag]) of_clip.push_back(tags[tag]);
    set.clips.push_back({.path = preview_name(names[i]),
                         .key = tracks[i],
                         .seconds = kMsdSeconds,
                         .cells = {tags_cell(of_clip), part}});
  }
}

SetClips read_msd(const SetRequest& request) {
  SetClips set{.folder = {}, .columns = {"tags", "split"}, .clips = {}, .warnings = {}};
  const std::unordered_set<std::string> bad = bad_previews(request.root);
  for (const char* const part : {"train", "valid", "test"}) read_msd_part(request, part, bad, set);
  expect_count(set, set.clips.size(), kMsdClips, "previews");
  constexpr std::string_view kAdvice =
      "expected previews of 7digital as 3/6/36122424.clip.mp3 in audio/ or in the folder --audio";
  set.folder =
      set_audio_folder(request, std::vector<std::string>{"audio", ""}, first_paths(set, kMsdProbes), kAdvice);
  return set;
}

}  // namespace

DataSet msd_set() {
  return {
      .name = "msd",
      .summary = "Million Song Dataset: 242,854 previews of 30 s, 50 tags of Last.fm",
      .layout =
          "train_x_7d_id.txt, train_x_msd_id.txt, train_x_filename.txt, train_y.npy, and those of valid and "
          "test; audio/3/6/36122424.clip.mp3",
      .subsets = {},
      .splits = {{"choi", "the split of Choi et al. 2017: 201,680, 12,634 and 28,540 previews"}},
      .read = read_msd};
}

}  // namespace sonograd::train
