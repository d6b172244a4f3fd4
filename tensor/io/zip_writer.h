// New zip archives with stored entries: files of torch.save, .npz.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tensor/io/atomic_file.h"
#include "tensor/io/zip_handle.h"

namespace sonograd::io {

/// Equal entries give equal bytes. Throws IoError when libzip fails.
class ZipWriter {
 public:
  ZipWriter() : source_(zip_source({})), archive_(open_zip(source_, ZIP_CREATE | ZIP_TRUNCATE)) {}

  /// `bytes` must last until `finish`.
  void add(const std::string& name, std::span<const std::byte> bytes);
  void add(const std::string& name, std::string_view text) { add(name, std::as_bytes(std::span(text))); }
  /// Writes the archive, which takes no more entries.
  void finish(AtomicFile& out);

 private:
  void check(bool success);

  ZipSource source_;
  Zip archive_;
};

}  // namespace sonograd::io
