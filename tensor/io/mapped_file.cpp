#include "tensor/io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "tensor/io/file_descriptor.h"
#include "tensor/io/read_error.h"

namespace sonograd::io {

MappedFile::MappedFile(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe must not wait for a writer, it is refused below.
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) throw system_error<ReadError>(path, "cannot open");
  struct stat status = {};
  if (fstat(file.get(), &status) != 0) throw system_error<ReadError>(path, "cannot read the size");
  if (!S_ISREG(status.st_mode)) throw ReadError(concat(path.string(), ": cannot read: not a regular file"));
  if (status.st_size == 0) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) throw system_error<ReadError>(path, "cannot map");
  bytes_ = {static_cast<const std::byte*>(data), size};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace sonograd::io
