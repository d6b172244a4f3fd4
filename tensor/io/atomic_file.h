// Replacement of a file in one step: no reader, crash or full disk leaves half of it.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <sys/stat.h>

#include "tensor/io/file_descriptor.h"

namespace sonograd::io {

/// `synced` files survive a crash of the machine; the wait for the disk takes milliseconds.
enum class Durability { synced, unsynced };

/// Whether a file has the name of a temporary of AtomicFile.
bool is_temporary(const std::filesystem::path& file);
/// Deletes a temporary that no process writes any more. False when one does, or when it cannot be deleted.
bool remove_if_abandoned(const std::filesystem::path& temporary);

/// Waits until the name of a file in its folder survives a crash of the machine. Throws IoError.
void sync_folder_of(const std::filesystem::path& file);

/// Writes a temporary file beside the target; `commit` syncs it, renames it over the target and syncs the
/// folder. Without `commit` the temporary is deleted and an earlier file stays as it was. A symbolic link
/// stays one: the file that it points to is replaced, or made if it does not exist. A file that is replaced keeps its
/// permissions, and its owner where this process may give files away. Errors are IoError, with the target and the reason.
class AtomicFile {
 public:
  /// Also deletes temporaries for the same target that killed processes have left. `mode`: permissions of a new file, less
  /// those that the umask of the process takes away.
  explicit AtomicFile(const std::filesystem::path& target, mode_t mode = 0666);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  /// The temporary: a reader finds all that has been written so far.
  const std::filesystem::path& temporary() const { return temporary_; }
  /// To be called once, after the last `write`. `unsynced`: a crash of the machine may leave a damaged file, which
  /// its reader has to detect.
  void commit(Durability durability = Durability::synced);

 private:
  bool open_temporary(mode_t mode);

  std::filesystem::path target_;
  std::filesystem::path shown_;  // in messages: the target as it was given
  std::filesystem::path temporary_;
  FileDescriptor file_;
};

/// Writes a whole file: AtomicFile with this text, synced. Throws IoError.
void replace_file(const std::filesystem::path& target, std::string_view text);

}  // namespace sonograd::io
