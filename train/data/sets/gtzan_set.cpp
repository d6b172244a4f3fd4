// GTZAN genre collection (Tzanetakis, Cook 2002): 1,000 clips of 30 s, ten genres.
#include <array>
#include <charconv>
#include <fmt/format.h>

#include "tensor/support/error.h"
#include "train/data/data_error.h"
#include "train/data/sets/set_files.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

constexpr int kClipsPerGenre = 100;
constexpr double kGtzanSeconds = 30;

/// Numbers of the clips of a genre in each part of the fault-filtered split (Kereliuk, Sturm, Larsen 2015): without repeats, distortions
/// and wrong labels, artists not divided.
struct GtzanGenre {
  std::string_view name, train, valid, test;
};
constexpr std::array<GtzanGenre, 10> kGtzanGenres = {
    {{"blues", "29-49 73-97", "0-11 50-60", "12-28 61-72 98-99"},
     {"classical", "30-33 43-48 50-67 80-99", "0-10 68-76", "11-29 34-41 49 77-79"},
     {"country", "19-26 28-29 65-99", "0-7 9-18 27 41-42 45 49", "30-40 43-44 46-48 50-51 53-64"},
     {"disco", "5 15-20 22-37 39-45 47 49 53-54 56-57 59 61 70 73-74 89",
      "0 2-4 6-14 46 48 52 67-68 72 75 90 95", "1 21 58 62-66 69 76-88 91-94 96-97 99"},
     {"hiphop", "2-25 28-29 31-38 41-42 55-61 77-80", "81-98", "0 26-27 30 40 43-45 51-54 62-75 99"},
     {"jazz", "0-1 11-24 41 47-72", "2-10 25-32", "73-99"},
     {"metal", "2-3 5 21 24 35 46-57 59-66 69 71-72 79-80 84 86 89-99", "0-1 6-11 16-20 36-37 68 76-77 81-82",
      "12-15 22-23 25-33 38-39 67 70 73-75 78 83 85 87-88"},
     {"pop", "2-9 11-12 16-20 23-29 31-36 38-42 44 46 49-50 80 97-99", "10 53 55 58-62 81 83-86",
      "0-1 13-14 43 63-66 69-79 82 88-96"},
     {"reggae", "0-2 4 6 9 11-12 14-32 42-45 49-51 54-60 63 69", "61-62 70 72 74 76-78 85 92-99",
      "34-40 46-48 52-53 64-68 71 79 82-84 87-90"},
     {"rock", "0-9 16-26 57-70 91-99", "38 49-56 71-85", "10-15 27-37 39-48 86-90"}}};

/// Whether `ranges`, "2-9 11", has the number.
bool in_ranges(std::string_view ranges, int number) {
  while (!ranges.empty()) {
    int first = 0, last = 0;
    const char* const end = ranges.data() + ranges.size();
    const char* at = std::from_chars(ranges.data(), end, first).ptr;
    last = first;
    if (at != end && *at == '-') at = std::from_chars(at + 1, end, last).ptr;
    if (number >= first && number <= last) return true;
    ranges.remove_prefix(static_cast<std::size_t>(at - ranges.data()) + (at != end ? 1 : 0));
  }
  return false;
}

std::string_view filtered_part(const GtzanGenre& genre, int number) {
  if (in_ranges(genre.train, number)) return "train";
  if (in_ranges(genre.valid, number)) return "valid";
  return in_ranges(genre.test, number) ? "test" : "";
}

std::string stem_of(const GtzanGenre& genre, int number) {
  return fmt::format("{0}/{0}.{1:05}", genre.name, number);
}

/// .au of the archive, or .wav of the copies that are spread widely.
std::string extension_in(const fs::path& folder) {
  std::error_code ignored;
  for (const GtzanGenre& genre : kGtzanGenres)
    for (int number = 0; number < kClipsPerGenre; ++number)
      for (const char* const extension : {".au", ".wav"})
        if (fs::exists(folder / stem_of(genre, number).append(extension), ignored)) return extension;
  throw DataError(concat(folder.string(), ": expected files such as blues/blues.00000.au or .wav"));
}

SetClips read_gtzan(const SetRequest& request) {
  constexpr std::string_view kAdvice =
      "expected a folder for each of the ten genres, as in genres/ of genres.tar.gz";
  const bool is_filtered = request.split == "filtered";
  std::vector<std::string> genres;
  for (const GtzanGenre& genre : kGtzanGenres) genres.emplace_back(genre.name);
  SetClips set{.folder = set_audio_folder(
                   request, std::vector<std::string>{"genres", "genres_original", "Data/genres_original", ""},
                   genres, kAdvice),
               .columns = {"label"},
               .clips = {},
               .warnings = {}};
  if (is_filtered) set.columns.emplace_back("split");
  const std::string extension = extension_in(set.folder);
  for (const GtzanGenre& genre : kGtzanGenres) {
    for (int number = 0; number < kClipsPerGenre; ++number) {
      const std::string_view part = filtered_part(genre, number);
      if (is_filtered && part.empty()) continue;
      const std::string stem = stem_of(genre, number);
      SetClip& clip = set.clips.emplace_back(SetClip{.path = stem + extension,
                                                     .key = fs::path(stem).filename().string(),
                                                     .seconds = kGtzanSeconds,
                                                     .cells = {std::string(genre.name)}});
      if (is_filtered) clip.cells.emplace_back(part);
    }
  }
  leave_out(set, "which cannot be read in the copies with wav files",
            [](const SetClip& clip) { return clip.path == "jazz/jazz.00054.wav"; });
  require_folders(set, kAdvice);
  return set;
}

}  // namespace

DataSet gtzan_set() {
  return {
      .name = "gtzan",
      .summary = "GTZAN: 1,000 clips of 30 s, 10 genres; 930 in the fault-filtered split",
      .layout = "genres/GENRE/GENRE.00000.au, or .wav; or the genres in genres_original/ or in the root",
      .subsets = {},
      .splits = {{"filtered", "the fault-filtered split of Kereliuk, Sturm and Larsen: 443, 197, 290 clips"},
                 {"none", "all clips, without a split"}},
      .read = read_gtzan};
}

}  // namespace sonograd::train
