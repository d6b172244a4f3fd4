// One owner at a time for a folder or a file that several processes could write at once.
#pragma once

#include <filesystem>
#include <string>

#include "tensor/io/file_descriptor.h"

namespace sonograd::io {

/// Held from construction to destruction, or to the end of the process however it ends: the system takes the lock from a
/// process that is killed. The lock is one of flock on a small file that contains process, host and time of its owner, and
/// which the owner deletes; one that a killed process has left is taken over.
///
/// Throws ConfigError, naming the owner, when another one holds it, and IoError when nothing can be written there or the file
/// system has no locks. Nothing else is changed then.
class OwnerLock {
 public:
  /// Name of the lock of a folder.
  static constexpr const char* kName = ".sonograd.lock";

  /// Lock of all files in `folder`: FOLDER/kName. It stays with the folder when that is renamed.
  static OwnerLock of_folder(const std::filesystem::path& folder);
  /// The same, and the folder is made, with those above it, if it does not exist. Messages name `shown`.
  static OwnerLock of_new_folder(const std::filesystem::path& folder, const std::filesystem::path& shown);
  /// Lock of the file that is to be written to `target` (resolve_output): `.NAME.sonograd.lock` beside it.
  static OwnerLock of_file(const std::filesystem::path& target);

  ~OwnerLock();
  OwnerLock(OwnerLock&&) = default;
  OwnerLock& operator=(OwnerLock&&) = delete;

 private:
  OwnerLock(FileDescriptor folder, std::string name, FileDescriptor file)
      : folder_(std::move(folder)), name_(std::move(name)), file_(std::move(file)) {}
  static OwnerLock take(const std::filesystem::path& shown, const std::filesystem::path& folder,
                        const std::string& name, bool creates);

  FileDescriptor folder_;
  std::string name_;
  FileDescriptor file_;
};

/// Whether `file` has the name of the lock of a folder.
inline bool is_folder_lock(const std::filesystem::path& file) {
  return file.filename() == OwnerLock::kName;
}

}  // namespace sonograd::io
