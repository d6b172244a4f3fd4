// Entries of a tar archive in the format ustar (POSIX.1-1988): the headers and the zeros around the bytes of regular files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sonograd::io {

/// An archive is a row of blocks of this size: a header, the bytes of a file, zeros up to the end of the block.
inline constexpr std::size_t kTarBlock = 512;
/// Longest name of an entry, in bytes.
inline constexpr std::size_t kMaxTarName = 100;
/// Zeros behind the last entry.
inline constexpr std::size_t kTarEnd = 2 * kTarBlock;

/// Zeros behind a file of `bytes`.
constexpr std::size_t tar_padding(std::uint64_t bytes) {
  return static_cast<std::size_t>((kTarBlock - bytes % kTarBlock) % kTarBlock);
}

/// Room that a file of `bytes` takes in an archive.
constexpr std::uint64_t tar_entry_bytes(std::uint64_t bytes) {
  return kTarBlock + bytes + tar_padding(bytes);
}

/// Header of a regular file: readable by all, owned by user 0, of 1 January 2000; equal arguments give equal bytes. `name`: 1 to
/// kMaxTarName bytes; `bytes` below 8 GiB. Throws ConfigError otherwise.
std::array<std::byte, kTarBlock> tar_header(std::string_view name, std::uint64_t bytes);

}  // namespace sonograd::io
