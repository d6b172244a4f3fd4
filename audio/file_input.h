// A part of a sound file for libsndfile: read forwards, without a stated end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "audio/sound_file.h"
#include "tensor/io/file_descriptor.h"

namespace sonograd::audio {

/// Bytes that replace those of a file where libsndfile reads them.
struct BytePatch {
  std::int64_t position = 0;  ///< in the file
  std::string bytes = {};     ///< empty: nothing is replaced
};

/// A regular file, open for reading.
class FileInput {
 public:
  /// Throws ReadError: missing, unreadable, not a regular file.
  explicit FileInput(const std::filesystem::path& path);
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  std::int64_t size() const { return size_; }
  /// The `count` bytes at `offset`, fewer at the end of the file.
  std::vector<unsigned char> read(std::int64_t offset, std::size_t count) const;
  /// Opens the bytes [begin, end) with libsndfile; null when it does not recognise them. The result refers to this object.
  /// Its end is reported far behind the file: libsndfile guesses the length of an mp3 without a frame count from the bit
  /// rate of its first frame, and would cut it off; `info.frames` is SF_COUNT_MAX then.
  SoundFile open(std::int64_t begin, std::int64_t end, SF_INFO& info, const BytePatch& patch = {});
  /// Reason for which libsndfile did not recognise the bytes of the latest `open` that returned null.
  std::string refusal() const { return sound_error(refusal_, read_error_); }
  /// errno of the first read that failed since the latest `open`; 0: none.
  int read_error() const { return read_error_; }

 private:
  io::FileDescriptor file_;
  std::int64_t size_ = 0;
  std::int64_t begin_ = 0, end_ = 0;  // of the latest view, as is its patch
  BytePatch patch_;
  int refusal_ = 0;     // error of libsndfile
  int read_error_ = 0;  // errno
};

}  // namespace sonograd::audio
