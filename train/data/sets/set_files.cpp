#include "train/data/sets/set_files.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

/// Archives in a folder, which are to be unpacked.
std::vector<std::string> archives_in(const fs::path& folder) {
  std::vector<std::string> archives;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    for (const std::string_view ending : {".zip", ".tar", ".tar.gz", ".tgz", ".zip.001"})
      if (name.ends_with(ending)) archives.push_back(name);
  }
  std::ranges::sort(archives);
  return archives;
}

}  // namespace

fs::path set_file(const fs::path& root, std::initializer_list<std::string_view> names,
                  std::string_view contents) {
  std::error_code ignored;
  for (const std::string_view name : names)
    if (fs::exists(root / name, ignored)) return root / name;
  const std::vector<std::string> archives = archives_in(root);
  throw DataError(concat((root / *names.begin()).string(), ": missing; expected ", contents,
                         archives.empty() ? "" : concat("; unpack ", listed(archives), " first")));
}

fs::path set_audio_folder(const SetRequest& request, std::span<const std::string> names,
                          std::span<const std::string> probes, std::string_view advice) {
  std::error_code ignored;
  std::vector<fs::path> folders;
  if (!request.audio.empty()) {
    folders.push_back(request.audio);
  } else {
    for (const std::string& name : names)
      folders.push_back(name.empty() ? request.root : request.root / name);
  }
  for (const fs::path& folder : folders)
    for (const std::string& probe : probes)
      if (fs::exists(folder / probe, ignored)) return folder;
  const fs::path& looked = request.audio.empty() ? request.root : request.audio;
  const std::vector<std::string> archives = archives_in(looked);
  throw DataError(concat(looked.string(), ": no sound files found: ", advice,
                         archives.empty() ? "" : concat("; unpack ", listed(archives), " first")));
}

std::vector<std::string> first_paths(const SetClips& set, std::size_t most) {
  std::vector<std::string> paths;
  for (const SetClip& clip : std::span(set.clips).first(std::min(most, set.clips.size())))
    paths.push_back(clip.path);
  return paths;
}

void require_folders(const SetClips& set, std::string_view advice) {
  std::set<std::string> folders;
  for (const SetClip& clip : set.clips) folders.insert(fs::path(clip.path).parent_path().string());
  std::vector<std::string> missing;
  std::error_code ignored;
  for (const std::string& folder : folders)
    if (!fs::is_directory(set.folder / folder, ignored)) missing.push_back(folder);
  if (missing.empty()) return;
  throw DataError(concat(set.folder.string(), ": ", missing.size(), " of the ",
                         counted(folders.size(), "folder"), " with clips missing: ", listed(missing), "; ",
                         advice));
}

std::string tags_cell(std::span<const std::string> tags) {
  std::string cell;
  for (const std::string& tag : tags) {
    std::string plain(trim(tag));
    std::ranges::replace_if(
        plain, [](char c) { return c == ',' || c == ';' || c == '|'; }, '_');
    if (plain.empty()) continue;
    cell.append(cell.empty() ? "" : ",").append(plain);
  }
  return cell;
}

std::string graded_tag(std::string_view name, double grade) {
  return fmt::format("{}:{:.4g}", name, grade);
}

void expect_count(SetClips& set, std::size_t found, std::size_t published, std::string_view what) {
  if (found == published) return;
  set.warnings.push_back(concat(found, ' ', what, "; the published data set has ", published));
}

void leave_out(SetClips& set, std::string_view reason, bool (*is_broken)(const SetClip& clip)) {
  std::vector<std::string> names;
  std::erase_if(set.clips, [&](const SetClip& clip) {
    if (!is_broken(clip)) return false;
    names.push_back(clip.path);
    return true;
  });
  if (names.empty()) return;
  set.warnings.push_back(
      concat(counted(names.size(), "clip"), " left out, ", reason, ": ", listed(names, 3)));
}

}  // namespace sonograd::train
