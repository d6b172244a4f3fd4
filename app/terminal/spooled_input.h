// A sound file from standard input: decoders seek, which a pipe does not support.
#pragma once

#include <filesystem>

#include "tensor/io/file_descriptor.h"

namespace sonograd::app {

/// TMPDIR, or /tmp.
std::filesystem::path spool_folder();

/// A copy in TMPDIR (default: /tmp) without a name there, so that it vanishes with the process.
class SpooledInput {
 public:
  /// Copies all of standard input; of what cannot be sound only the beginning. Stops on an interruption. Throws ReadError,
  /// beyond 16 GiB too, and IoError when there is no room.
  SpooledInput();
  /// A name for the copy that this process and its children can open.
  const std::filesystem::path& path() const { return path_; }

 private:
  io::FileDescriptor file_;
  std::filesystem::path path_;
};

}  // namespace sonograd::app
