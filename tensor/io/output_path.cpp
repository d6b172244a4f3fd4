#include "tensor/io/output_path.h"

#include <cstdint>
#include <iomanip>
#include <limits.h>
#include <sys/stat.h>

#include "tensor/io/file_descriptor.h"

namespace sonograd::io {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 40;  // as the kernel of Linux
constexpr std::size_t kRoomForEnding = 48, kHashDigits = 16;

std::uint64_t hash_of(const std::string& name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

/// Bytes that a name in the folder of `file` may have.
std::size_t longest_name(const fs::path& file) {
  const long limit = pathconf(folder_of(file).c_str(), _PC_NAME_MAX);
  return limit > 0 ? static_cast<std::size_t>(limit) : NAME_MAX;
}

/// `length` bytes of `name` at most, without a part of a character of UTF-8 at the end.
std::string cut(const std::string& name, std::size_t length) {
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(name[at]) & 0xC0) == 0x80;
  };
  while (length > 0 && continues(length)) --length;
  return name.substr(0, length);
}

}  // namespace

fs::path resolve_output(const fs::path& target) {
  struct stat status = {};
  if (stat(target.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode))
      throw IoError(concat(target.string(), ": cannot write: not a regular file"));
    // A rename needs no permission of the file that it replaces.
    if ((status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0) {
      throw IoError(concat(
          target.string(),
          ": cannot write: the file is write-protected; chmod u+w permits it, or choose another name"));
    }
  } else if (errno != ENOENT) {
    throw system_error(target, "cannot write");
  }
  fs::path file = target;
  std::error_code ignored;
  for (int links = 0; links < kMaxLinks && fs::is_symlink(file, ignored); ++links) {
    file = folder_of(file) / fs::read_symlink(file, ignored);
  }
  return file;
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

std::string hidden_prefix(const fs::path& file) {
  std::string name = '.' + file.filename().string();
  const std::size_t limit = longest_name(file);
  const std::size_t room = limit > kRoomForEnding ? limit - kRoomForEnding : 1;
  if (name.size() <= room) return name;
  std::ostringstream hash;
  hash << std::hex << std::setfill('0') << std::setw(kHashDigits) << hash_of(name);
  return cut(name, room > kHashDigits ? room - kHashDigits : 1) + hash.str();
}

}  // namespace sonograd::io
