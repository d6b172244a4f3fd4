#include "tensor/io/text_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>

#include "tensor/io/file_descriptor.h"
#include "tensor/io/read_error.h"

namespace sonograd::io {
namespace {

// An endless standard input must end somewhere; no table is that long.
constexpr std::size_t kMaxStdinBytes = std::size_t{1} << 30;

ReadError too_long(const std::filesystem::path& file, std::size_t max_bytes) {
  return ReadError(concat(file.string(), ": expected at most ", max_bytes >> 20, " MiB of text, got more"));
}

std::string read_descriptor(int descriptor, const std::filesystem::path& file, std::size_t max_bytes) {
  std::string text;
  std::array<char, 1 << 16> block;
  for (;;) {
    const ssize_t count = ::read(descriptor, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error<ReadError>(file, "cannot read");
    if (count == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > max_bytes) throw too_long(file, max_bytes);
  }
}

}  // namespace

std::string read_text_file(const std::filesystem::path& file, std::size_t max_bytes) {
  if (file == "-") return read_descriptor(STDIN_FILENO, file, std::min(max_bytes, kMaxStdinBytes));
  // O_NONBLOCK: opening a pipe must not wait for a writer, it is refused below.
  const FileDescriptor opened(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (!opened || fstat(opened.get(), &status) != 0) throw system_error<ReadError>(file, "cannot read");
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    throw system_error<ReadError>(file, "cannot read");
  }
  if (!S_ISREG(status.st_mode)) throw ReadError(concat(file.string(), ": cannot read: not a regular file"));
  if (static_cast<std::uintmax_t>(status.st_size) > max_bytes) throw too_long(file, max_bytes);
  return read_descriptor(opened.get(), file, max_bytes);
}

}  // namespace sonograd::io
