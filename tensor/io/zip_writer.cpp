#include "tensor/io/zip_writer.h"

#include <vector>

namespace sonograd::io {
namespace {

constexpr zip_uint16_t kFirstDate = (1 << 5) | 1;  // 1980-01-01, the earliest a zip entry can have
constexpr std::size_t kWrittenAtATime = std::size_t{1} << 20;

}  // namespace

void ZipWriter::add(const std::string& name, std::span<const std::byte> bytes) {
  ZipSource entry = zip_source(bytes);
  const zip_int64_t index = zip_file_add(archive_.get(), name.c_str(), entry.get(), ZIP_FL_ENC_UTF_8);
  check(index >= 0);
  entry.release();  // the archive has it now
  check(zip_set_file_compression(archive_.get(), static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) == 0);
  check(zip_file_set_dostime(archive_.get(), static_cast<zip_uint64_t>(index), 0, kFirstDate, 0) == 0);
}

void ZipWriter::finish(AtomicFile& out) {
  check(zip_close(archive_.get()) == 0);
  archive_.release();
  zip_source_open(source_.get());
  std::vector<std::byte> chunk(kWrittenAtATime);
  zip_int64_t count = 0;
  while ((count = zip_source_read(source_.get(), chunk.data(), chunk.size())) > 0) {
    out.write(std::span(chunk).first(static_cast<std::size_t>(count)));
  }
  zip_source_close(source_.get());
  if (count < 0) throw IoError(concat("zip: ", zip_error_strerror(zip_source_error(source_.get()))));
}

void ZipWriter::check(bool success) {
  if (!success) throw IoError(concat("zip: ", zip_strerror(archive_.get())));
}

}  // namespace sonograd::io
