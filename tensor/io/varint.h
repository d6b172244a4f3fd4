// Numbers of LevelDB and Protocol Buffers: seven bits a byte, the lowest first.
#pragma once

#include "tensor/io/byte_reader.h"

namespace sonograd::io {

/// Throws FormatError at the end of the bytes, and for more than 64 bits.
inline std::uint64_t read_varint(ByteReader& in) {
  constexpr int kBits = 7, kMostBytes = 10;
  std::uint64_t value = 0;
  for (int i = 0; i < kMostBytes; ++i) {
    const auto byte = in.number<std::uint8_t>();
    if (i == kMostBytes - 1 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (kBits * i);
    if (byte < 0x80) return value;
  }
  throw FormatError(concat("a number of more than 64 bits before byte ", in.offset()));
}

}  // namespace sonograd::io
