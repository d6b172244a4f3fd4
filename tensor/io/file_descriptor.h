// The one owner of an open file descriptor.
#pragma once

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>
#include <utility>

#include "tensor/support/error.h"

namespace sonograd::io {

/// Closes on destruction. Negative: none.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number = -1) : number_(number) {}
  ~FileDescriptor() {
    if (number_ >= 0) close(number_);
  }
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

/// The error for a system call that has just failed: file, action, and the reason in `errno`.
template <class Kind = IoError>
Kind system_error(const std::filesystem::path& path, const char* action) {
  const int reason = errno;
  return Kind(concat(path.string(), ": ", action, ": ", std::strerror(reason)));
}

}  // namespace sonograd::io
