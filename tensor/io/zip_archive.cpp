#include "tensor/io/zip_archive.h"

#include <algorithm>

#include "tensor/io/checked.h"

namespace sonograd::io {
namespace {

constexpr std::uint64_t kMostExpansion = 64, kSmallArchive = std::uint64_t{64} << 20;

void read_all(zip_file_t* file, std::span<std::byte> bytes) {
  const auto read_some = [&](std::span<std::byte> part) {
    const zip_int64_t count = zip_fread(file, part.data(), part.size());
    if (count < 0) throw FormatError(zip_file_strerror(file));
    return static_cast<std::size_t>(count);
  };
  while (!bytes.empty()) {
    const std::size_t count = read_some(bytes);
    if (count == 0) throw FormatError("ends early");
    bytes = bytes.subspan(count);
  }
  // libzip compares the checksum at the end of the entry.
  std::byte past_the_end;
  if (read_some({&past_the_end, 1}) != 0) throw FormatError("longer than its stated size");
}

std::uint64_t most_bytes(std::uint64_t archive, ZipArchive::Entries entries) {
  return entries == ZipArchive::Entries::stored
             ? archive
             : (Checked(archive, "the size of the archive") * kMostExpansion + kSmallArchive).value();
}

}  // namespace

ZipArchive::ZipArchive(std::span<const std::byte> bytes, Entries entries)
    : entries_(entries),
      bytes_left_(most_bytes(bytes.size(), entries)),
      source_(zip_source(bytes)),
      archive_(open_zip(source_, ZIP_RDONLY)) {
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive_.get(), 0); ++i) {
    const char* const name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
    if (name != nullptr) names_.emplace_back(name);
  }
}

bool ZipArchive::contains(std::string_view name) const {
  return std::ranges::find(names_, name) != names_.end();
}

std::vector<std::byte> ZipArchive::read(const std::string& name) {
  zip_stat_t status;
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_INDEX;
  if (zip_stat(archive_.get(), name.c_str(), ZIP_FL_ENC_RAW, &status) != 0) throw FormatError("missing");
  const bool is_known = (status.valid & kNeeded) == kNeeded;
  if (entries_ == Entries::stored && (!is_known || status.comp_method != ZIP_CM_STORE))
    throw FormatError("compressed, expected stored");
  if (!is_known || (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE))
    throw FormatError("expected an entry that is stored or deflated");
  bytes_left_ -= Checked(status.size, "the size of all entries").at_most(bytes_left_).value();
  const ZipFile file(zip_fopen_index(archive_.get(), status.index, 0));
  if (!file) throw FormatError(zip_strerror(archive_.get()));
  std::vector<std::byte> bytes(status.size);
  read_all(file.get(), bytes);
  return bytes;
}

}  // namespace sonograd::io
