#include "app/commands/explanation_folder.h"

#include <algorithm>

#include "tensor/io/atomic_file.h"
#include "tensor/io/owner_lock.h"
#include "tensor/support/error.h"
#include "train/pictures/rasterise.h"

namespace sonograd::app {
namespace {

void require_new(const std::filesystem::path& folder) {
  std::error_code unreadable;
  if (!std::filesystem::exists(std::filesystem::symlink_status(folder, unreadable))) return;
  const std::filesystem::directory_iterator entries(folder, unreadable);
  const bool is_empty = !unreadable && std::ranges::all_of(entries, [](const auto& entry) {
    return io::is_folder_lock(entry.path());
  });
  if (!is_empty) {
    throw ConfigError(concat("--out ", folder.string(),
                             " exists; expected a new or empty folder: choose another, or remove it"));
  }
}

}  // namespace

ExplanationFolder::ExplanationFolder(std::filesystem::path folder) : folder_(std::move(folder)) {
  require_new(folder_);
}

void ExplanationFolder::add(const std::string& name, Writer writer) {
  files_.push_back({name, std::move(writer)});
}

void ExplanationFolder::add_text(const std::string& name, std::string bytes) {
  add(name, [bytes = std::move(bytes)](const std::filesystem::path& file) {
    io::AtomicFile out(file);
    out.write(bytes);
    out.commit();
  });
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
  require_new(folder_);
  const io::OwnerLock owner = io::OwnerLock::of_new_folder(folder_, folder_);
  require_new(folder_);  // another process may have written there before this one owned it
  try {
    for (const File& file : files_) file.writer(folder_ / file.name);
  } catch (...) {
    std::error_code nothing;
    for (const File& file : files_) std::filesystem::remove(folder_ / file.name, nothing);
    throw;
  }
}

}  // namespace sonograd::app
