// The hash by which published files are identified: SHA-256 (FIPS 180-4), as `sha256sum` prints it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace sonograd::io {

/// Hash of bytes that arrive in parts.
class Sha256 {
 public:
  void add(std::span<const std::byte> bytes);
  /// 64 lower-case hexadecimal digits. To be called once, after the last `add`.
  std::string digest();

 private:
  void compress(const std::byte* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> block_{};
  std::uint64_t length_ = 0;  ///< bytes so far
};

/// Hash of a regular file. Throws ReadError when it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace sonograd::io
