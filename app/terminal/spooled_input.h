// A sound file that comes through standard input: decoders go back and forth in a file, which a pipe cannot.
#pragma once

#include <filesystem>

#include "tensor/io/file_descriptor.h"

namespace sonograd::app {

/// A copy in TMPDIR (default: /tmp) that has no name there, so that it is gone when the process is.
class SpooledInput {
 public:
  /// Copies all of standard input; stops when the user interrupts. Throws ReadError, and IoError when there is no room.
  SpooledInput();
  /// A name for the copy that this process and its children can open.
  const std::filesystem::path& path() const { return path_; }

 private:
  io::FileDescriptor file_;
  std::filesystem::path path_;
};

}  // namespace sonograd::app
