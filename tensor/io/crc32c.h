// Cyclic redundancy check of the Castagnoli polynomial, as LevelDB and TensorFlow store it (RFC 3720, section 12.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sonograd::io {

/// CRC-32C of the bytes, continued from the value of the bytes before them.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0);

/// The form in which files contain a CRC-32C: rotated, plus a constant, so that the check of data with such values in them is
/// as good as of others.
constexpr std::uint32_t masked(std::uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

}  // namespace sonograd::io
