// A file as memory.
#pragma once

#include <filesystem>
#include <span>

namespace sonograd::io {

/// A whole regular file, mapped read-only. Replacing the file by rename, as AtomicFile does, leaves the
/// mapping intact; truncating it in place while it is mapped kills the process (SIGBUS).
class MappedFile {
 public:
  /// Throws ReadError, naming the file and the reason: missing, unreadable, not a regular file.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  /// Empty for an empty file.
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace sonograd::io
