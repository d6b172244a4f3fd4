#include "tensor/io/input_file.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/mman.h>

#include "tensor/device/arena.h"
#include "tensor/io/read_error.h"

namespace sonograd::io {
namespace {

constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // the system takes at most 2 GiB
constexpr const char* kChanged = ": cannot read: another process has changed it meanwhile";

std::uint64_t memory_of_machine() {
  const long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
  return pages > 0 && bytes > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes)
                                : UINT64_MAX;
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& path)
    : path_(path),
      // O_NONBLOCK: opening a pipe must not wait for a writer, it is refused below.
      file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (!file_) throw system_error<ReadError>(path, "cannot open");
  if (fstat(file_.get(), &status_) != 0) throw system_error<ReadError>(path, "cannot read the size");
  if (!S_ISREG(status_.st_mode)) throw ReadError(concat(path.string(), ": cannot read: not a regular file"));
}

void InputFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  for (std::size_t done = 0; done < bytes.size();) {
    const std::size_t most = std::min(bytes.size() - done, kMostAtOnce);
    const ssize_t count = pread(file_.get(), bytes.data() + done, most, static_cast<off_t>(offset + done));
    if (count < 0 && errno != EINTR) throw system_error<ReadError>(path_, "cannot read");
    if (count == 0) throw ReadError(concat(path_.string(), kChanged));
    if (count > 0) done += static_cast<std::size_t>(count);
  }
}

void InputFile::require_unchanged() const {
  struct stat now = {};
  // The time of the last change of status would not do: it moves when another file takes the name.
  const bool same = fstat(file_.get(), &now) == 0 && now.st_size == status_.st_size &&
                    now.st_mtim.tv_sec == status_.st_mtim.tv_sec &&
                    now.st_mtim.tv_nsec == status_.st_mtim.tv_nsec;
  if (!same) throw ReadError(concat(path_.string(), kChanged));
}

FileBytes::FileBytes(const InputFile& file, std::uint64_t offset) {
  const std::uint64_t size = file.size() - std::min(offset, file.size());
  if (size == 0) return;
  void* const memory = size > memory_of_machine()
                           ? MAP_FAILED
                           : mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw OutOfMemory(
        concat(file.path().string(), ": ", size, " bytes do not fit into the memory of this machine"));
  }
  bytes_ = {static_cast<const std::byte*>(memory), size};
  try {
    file.read(offset, {static_cast<std::byte*>(memory), size});
    file.require_unchanged();
  } catch (...) {
    munmap(memory, size);
    throw;
  }
  mprotect(memory, size, PROT_READ);
}

FileBytes::~FileBytes() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace sonograd::io
