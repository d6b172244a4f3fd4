// Folders that are made for an output, and go again when nothing is written to them.
#pragma once

#include <filesystem>
#include <vector>

namespace sonograd::io {

/// The folders on the way to `folder`, and itself, that do not exist when this object is made; it makes none. When it goes, it removes
/// those of them that are there and empty, the innermost first.
class NewFolders {
 public:
  /// `folder` has no slash at its end.
  explicit NewFolders(const std::filesystem::path& folder);
  ~NewFolders();
  NewFolders(const NewFolders&) = delete;
  NewFolders& operator=(const NewFolders&) = delete;

 private:
  std::vector<std::filesystem::path> missing_;  // the outermost first
};

}  // namespace sonograd::io
