// Bytes of a file at any position, read in blocks: for scans that mostly go forwards.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "audio/file_input.h"

namespace sonograd::audio {

class ByteReader {
 public:
  /// Bytes of one block: at least twice what `at` may be asked for.
  static constexpr std::size_t kBlock = 256 << 10;

  /// `input` must outlive the reader.
  explicit ByteReader(const FileInput& input) : input_(input) {}

  std::int64_t size() const { return input_.size(); }
  /// `count` <= kBlock / 2 bytes at `position`, fewer at the end of the file; valid until the next call.
  std::span<const unsigned char> at(std::int64_t position, std::size_t count);
  /// The same as text.
  std::string_view text(std::int64_t position, std::size_t count);
  /// Position of `word` at or behind `position`, before `end`; `end` when it is not there.
  std::int64_t find(std::string_view word, std::int64_t position, std::int64_t end);

 private:
  const FileInput& input_;
  std::int64_t start_ = 0;
  std::vector<unsigned char> block_;
};

}  // namespace sonograd::audio
