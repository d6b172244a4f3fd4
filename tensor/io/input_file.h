// Regular files that are read, never mapped: a mapped file that another process cuts short ends this one with SIGBUS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <sys/stat.h>

#include "tensor/io/file_descriptor.h"

namespace sonograd::io {

/// An open regular file. Safe to use from several threads.
class InputFile {
 public:
  /// Throws ReadError, naming the file and the reason: missing, unreadable, not a regular file.
  explicit InputFile(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  /// Bytes of the file when it was opened.
  std::uint64_t size() const { return static_cast<std::uint64_t>(status_.st_size); }
  /// Fills `bytes` from `offset` on. Throws ReadError when the file has fewer bytes by now.
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;
  /// Throws ReadError when the file has been written to since it was opened. Another file that takes its name is no change.
  void require_unchanged() const;

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
  struct stat status_ = {};
};

/// A part of a file in memory of its own, which starts at a page and cannot be written.
class FileBytes {
 public:
  /// The bytes from `offset` to the end, as they were when the file was opened. Throws as InputFile does, and OutOfMemory for
  /// more than this machine has.
  explicit FileBytes(const InputFile& file, std::uint64_t offset = 0);
  ~FileBytes();
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace sonograd::io
