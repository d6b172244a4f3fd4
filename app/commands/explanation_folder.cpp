#include "app/commands/explanation_folder.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

#include "tensor/io/atomic_file.h"
#include "tensor/support/error.h"
#include "train/pictures/rasterise.h"

namespace sonograd::app {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_folder(const fs::path& folder) {
  throw ConfigError(concat("--out ", folder.string(),
                           " exists; expected a new or empty folder: choose another, or remove it"));
}

// Without a slash at its end. Throws ConfigError for anything but a folder.
fs::path checked_folder(const fs::path& folder) {
  const fs::path plain = (folder / "").parent_path();
  std::error_code absent;
  if (fs::exists(fs::symlink_status(plain, absent)) && !fs::is_directory(plain, absent)) refuse_folder(plain);
  return plain;
}

std::ptrdiff_t files_in(const fs::path& folder) {
  std::error_code absent;
  return std::distance(fs::directory_iterator(folder, absent), fs::directory_iterator());
}

// Gives a complete file its name, which nothing may have. A hard link keeps it in the stage, too; not every file system has them.
void publish(const fs::path& staged, const fs::path& file) {
  if (link(staged.c_str(), file.c_str()) == 0) return;
  if (errno != EEXIST && renameat2(AT_FDCWD, staged.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) == 0)
    return;
  if (errno != EEXIST) throw io::system_error(file, "cannot write");
  throw ConfigError(
      concat(file.string(), " exists; it was made during the computation, and is left as it is"));
}

}  // namespace

ExplanationFolder::ExplanationFolder(const fs::path& folder)
    : folder_(checked_folder(folder)),
      made_(folder_),
      owner_(io::OwnerLock::of_new_folder(folder_, folder_)) {
  require_empty();
}

fs::path ExplanationFolder::stage() const {
  return folder_ / ".sonograd-new";
}

void ExplanationFolder::require_empty() const {
  std::error_code unreadable, absent;
  std::vector<fs::path> unfinished;
  for (fs::directory_iterator entry(folder_, unreadable), end; entry != end; entry.increment(unreadable)) {
    const fs::path& file = entry->path();
    if (io::is_folder_lock(file) || file == stage()) continue;
    if (!fs::equivalent(file, stage() / file.filename(), absent)) refuse_folder(folder_);
    unfinished.push_back(file);
  }
  if (unreadable) refuse_folder(folder_);
  const bool is_finished = !unfinished.empty() && std::ssize(unfinished) == files_in(stage());
  if (!is_finished) {
    for (const fs::path& file : unfinished) fs::remove(file, absent);
  }
  fs::remove_all(stage(), absent);
  if (is_finished) refuse_folder(folder_);
}

void ExplanationFolder::add(const std::string& name, Writer writer) {
  files_.push_back({name, std::move(writer)});
}

void ExplanationFolder::add_text(const std::string& name, std::string bytes) {
  add(name, [bytes = std::move(bytes)](const fs::path& file) { io::replace_file(file, bytes); });
}

std::string ExplanationFolder::add_picture(const std::string& name, const std::string& svg) {
  add_text(name + ".svg", svg);
  try {
    add_text(name + ".png", train::svg_to_png(svg));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

std::vector<std::string> ExplanationFolder::names() const {
  std::vector<std::string> names;
  for (const File& file : files_) names.push_back(file.name);
  return names;
}

void ExplanationFolder::write() const {
  std::error_code error;
  std::vector<fs::path> published;
  try {
    fs::create_directory(stage(), error);
    if (error) throw IoError(concat(folder_.string(), ": cannot write there: ", error.message()));
    for (const File& file : files_) file.writer(stage() / file.name);
    for (const File& file : files_) {
      publish(stage() / file.name, folder_ / file.name);
      published.push_back(folder_ / file.name);
    }
    io::sync_folder_of(folder_ / files_.back().name);
  } catch (...) {
    for (const fs::path& file : published) fs::remove(file, error);
    fs::remove_all(stage(), error);
    throw;
  }
  fs::remove_all(stage(), error);
}

}  // namespace sonograd::app
