// A sound file for libsndfile: read from an offset, forwards, without a stated end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <sndfile.h>
#include <vector>

#include "tensor/io/file_descriptor.h"

namespace sonograd::audio {

struct CloseSoundFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

/// An open libsndfile handle.
using SoundFile = std::unique_ptr<SNDFILE, CloseSoundFile>;

/// A regular file, open for reading.
class FileInput {
 public:
  /// Throws ReadError: missing, unreadable, not a regular file.
  explicit FileInput(const std::filesystem::path& path);
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  std::int64_t size() const { return size_; }
  /// The first `count` bytes, or the whole file when it is shorter.
  std::vector<unsigned char> head(std::size_t count) const;
  /// The last `count` bytes, likewise.
  std::vector<unsigned char> tail(std::size_t count) const;
  /// Opens the bytes from `offset` on with libsndfile; null when it does not recognise them. The result refers to this
  /// object. Its end is far behind the file: libsndfile guesses the length of an mp3 without a frame count from the bit rate
  /// of its first frame, and would cut it off; `info.frames` is SF_COUNT_MAX then.
  SoundFile open(std::int64_t offset, SF_INFO& info);

 private:
  std::vector<unsigned char> read(std::int64_t offset, std::size_t count) const;

  io::FileDescriptor file_;
  std::int64_t size_ = 0;
  std::int64_t offset_ = 0;
};

}  // namespace sonograd::audio
