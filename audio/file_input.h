// A part of a sound file for libsndfile: read forwards, without a stated end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <sndfile.h>
#include <string>
#include <vector>

#include "tensor/io/file_descriptor.h"

namespace sonograd::audio {

struct CloseSoundFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

/// An open libsndfile handle.
using SoundFile = std::unique_ptr<SNDFILE, CloseSoundFile>;

/// The codec of a file, in whatever container, is MPEG audio.
inline bool is_mpeg(const SF_INFO& info) {
  const int codec = info.format & SF_FORMAT_SUBMASK;
  return codec == SF_FORMAT_MPEG_LAYER_I || codec == SF_FORMAT_MPEG_LAYER_II ||
         codec == SF_FORMAT_MPEG_LAYER_III;
}

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

 private:
  io::FileDescriptor file_;
  std::int64_t size_ = 0;
  std::int64_t begin_ = 0, end_ = 0;  // of the latest view, as is its patch
  BytePatch patch_;
};

}  // namespace sonograd::audio
