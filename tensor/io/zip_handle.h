// Owners for libzip's handles, over archives in memory.
#pragma once

#include <memory>
#include <span>
#include <zip.h>

#include "tensor/support/error.h"

namespace sonograd::io {

struct ZipDeleter {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Zip = std::unique_ptr<zip_t, ZipDeleter>;
using ZipFile = std::unique_ptr<zip_file_t, ZipDeleter>;
using ZipSource = std::unique_ptr<zip_source_t, ZipDeleter>;

/// A source over `bytes`, which must outlive it.
inline ZipSource zip_source(std::span<const std::byte> bytes) {
  zip_error_t error;
  zip_error_init(&error);
  ZipSource source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error));
  if (!source) throw Error(concat("zip: ", zip_error_strerror(&error)));
  return source;
}

/// The archive in `source`, which stays usable. `flags` are those of zip_open.
inline Zip open_zip(const ZipSource& source, int flags) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_keep(source.get());
  Zip archive(zip_open_from_source(source.get(), flags, &error));
  if (!archive) {
    zip_source_free(source.get());
    const FormatError failure(concat("zip archive: ", zip_error_strerror(&error)));
    zip_error_fini(&error);
    throw failure;
  }
  return archive;
}

}  // namespace sonograd::io
