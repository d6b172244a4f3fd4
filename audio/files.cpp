#include "audio/files.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "audio/shard_clip.h"
#include "audio/shard_index.h"
#include "tensor/support/ascii.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtensions[] = {
    ".aac", ".aif", ".aifc", ".aiff", ".ape",  ".au",   ".caf", ".flac", ".m4a", ".m4b",  ".mka", ".mp2",
    ".mp3", ".mp4", ".oga",  ".ogg",  ".opus", ".rf64", ".snd", ".w64",  ".wav", ".webm", ".wma", ".wv",
};

/// Entries that other programs leave behind: hidden ones, copies of attributes in archives of macOS, indices of a network
/// storage, and the folder of a file system check.
bool is_passed_over(const fs::path& entry) {
  const std::string name = entry.filename().native();
  return name.starts_with('.') || name == "__MACOSX" || name == "@eaDir" || name == "lost+found";
}

/// The entries of a folder in bytewise order; false if it cannot be listed.
bool list(const fs::path& folder, std::vector<fs::path>& entries) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!is_passed_over(entry->path())) entries.push_back(entry->path());
  }
  std::ranges::sort(entries, {}, &fs::path::native);
  return !error;
}

void collect(const fs::path& folder, bool recursive, std::set<fs::path>& visited,
             std::vector<fs::path>& files, std::vector<fs::path>* no_files) {
  std::error_code ignored;
  if (!visited.insert(fs::canonical(folder, ignored)).second) return;
  if (is_prepared_folder(folder)) {
    const std::vector<fs::path> clips = prepared_clips(folder);
    files.insert(files.end(), clips.begin(), clips.end());
    return;
  }
  std::vector<fs::path> entries;
  if (!list(folder, entries)) files.push_back(folder);
  for (const fs::path& entry : entries) {
    const fs::file_status status = fs::status(entry, ignored);
    if (fs::is_directory(status)) {
      if (recursive) collect(entry, recursive, visited, files, no_files);
    } else if (has_audio_extension(entry)) {
      std::vector<fs::path>* const list = fs::is_regular_file(status) ? &files : no_files;
      if (list != nullptr) list->push_back(entry);
    }
  }
}

}  // namespace

bool has_audio_extension(const fs::path& path) {
  return std::ranges::binary_search(kExtensions, in_lower_case(path.extension().native()));
}

std::vector<fs::path> audio_files(const fs::path& path, bool recursive, std::vector<fs::path>* no_files) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    const bool is_shard = path.extension() == kShardExtension && fs::exists(index_of_shard(path), ignored);
    return is_shard ? clips_of_shard(path) : std::vector<fs::path>{path};
  }
  std::set<fs::path> visited;
  std::vector<fs::path> files;
  collect(path, recursive, visited, files, no_files);
  std::ranges::sort(files, {}, &fs::path::native);
  return files;
}

}  // namespace sonograd::audio
