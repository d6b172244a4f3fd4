// Zip archives in memory: files of torch.save, .npz, Python wheels.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/io/zip_handle.h"

namespace sonograd::io {

/// Reads entries of an archive, which may be damaged or hostile.
class ZipArchive {
 public:
  /// Compression that entries may have. Stored ones are never larger than the file.
  enum class Entries : std::uint8_t { stored, deflated };

  /// `bytes` must outlive the archive. Throws FormatError when they are no zip archive.
  ZipArchive(std::span<const std::byte> bytes, Entries entries);

  /// Names of the entries in the order of the archive.
  const std::vector<std::string>& names() const { return names_; }
  bool contains(std::string_view name) const;
  /// Contents of an entry, whose checksum is compared. Throws FormatError for an entry that is missing, damaged, compressed in
  /// another way, or longer than it states, and when all entries that were read have together more bytes than the archive
  /// (stored), or than 64 times the archive and 64 MiB (deflated).
  std::vector<std::byte> read(const std::string& name);

 private:
  Entries entries_;
  std::uint64_t bytes_left_;
  ZipSource source_;
  Zip archive_;
  std::vector<std::string> names_;
};

}  // namespace sonograd::io
