// An `ffmpeg` process for the containers that libsndfile does not read. ffmpeg is neither linked nor
// required.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>

#include "tensor/io/file_descriptor.h"

namespace sonograd::audio {

/// Decodes the first audio stream of a file into a pipe. Runs without a shell and without standard input, and
/// is killed on destruction if it has not ended.
class FfmpegProcess {
 public:
  /// `container` is ffmpeg's name of the file's format; `refusal`, where not empty, the reason for which libsndfile does not
  /// read this one. Throws FormatError when no ffmpeg is installed, IoError when the process cannot be started.
  FfmpegProcess(const std::filesystem::path& path, const char* container, const std::string& refusal);
  ~FfmpegProcess();
  FfmpegProcess(const FfmpegProcess&) = delete;
  FfmpegProcess& operator=(const FfmpegProcess&) = delete;

  /// Descriptor of the pipe with the sound: an au file of 32-bit floats and unknown length.
  int output() const { return output_.get(); }
  /// Waits for the end of the process, whose output must have been read to its end; true if its exit status was 0.
  bool succeeded();

 private:
  pid_t process_ = -1;
  io::FileDescriptor output_;
};

}  // namespace sonograd::audio
