// Replacement of a file in one step: no reader, crash or full disk leaves half of it.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "tensor/io/file_descriptor.h"

namespace sonograd::io {

/// `synced` files survive a crash of the machine; the wait for the disk takes milliseconds.
enum class Durability { synced, unsynced };

/// Writes a temporary file beside the target; `commit` syncs it, renames it over the target and syncs the
/// folder. Without `commit` the temporary is deleted and an earlier file stays as it was. A symbolic link
/// stays one: the file that it points to is replaced. Errors are IoError, with the target and the reason.
class AtomicFile {
 public:
  /// Also deletes temporaries for the same target that killed processes have left.
  explicit AtomicFile(const std::filesystem::path& target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  /// To be called once, after the last `write`. `unsynced`: a crash of the machine may leave a damaged file, which
  /// its reader has to detect.
  void commit(Durability durability = Durability::synced);

 private:
  bool open_temporary();

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  FileDescriptor file_;
};

}  // namespace sonograd::io
