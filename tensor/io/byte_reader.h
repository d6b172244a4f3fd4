// A cursor over bytes that may be damaged.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "tensor/support/error.h"

namespace sonograd::io {

static_assert(std::endian::native == std::endian::little, "files are little-endian, and so is this reader");

/// Reads forward. Every read past the end throws FormatError, with the offset. Results are views of the bytes that
/// the reader was made from.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t offset() const { return offset_; }
  std::size_t remaining() const { return bytes_.size() - offset_; }

  std::span<const std::byte> take(std::uint64_t count) {
    if (count > remaining()) {
      throw FormatError(
          concat("ends early: expected ", count, " bytes at byte ", offset_, ", got ", remaining()));
    }
    const auto part = bytes_.subspan(offset_, count);
    offset_ += count;
    return part;
  }

  std::string_view text(std::uint64_t count) {
    const auto part = take(count);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }

  /// Text up to the next newline, which is read too but not returned.
  std::string_view line() {
    const auto rest = bytes_.subspan(offset_);
    const auto newline = std::ranges::find(rest, std::byte{'\n'});
    const std::string_view result = text(static_cast<std::uint64_t>(newline - rest.begin()));
    take(1);
    return result;
  }

  /// A little-endian number.
  template <class T>
  requires std::is_arithmetic_v<T> T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t offset_ = 0;
};

}  // namespace sonograd::io
