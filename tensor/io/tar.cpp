#include "tensor/io/tar.h"

#include <cstring>
#include <span>

#include "tensor/support/error.h"

namespace sonograd::io {
namespace {

constexpr std::uint64_t kLargest = (std::uint64_t{1} << 33) - 1;  // eleven octal digits
constexpr std::uint64_t kTime = 946684800;                        // 2000-01-01T00:00:00Z

/// POSIX.1-1988, section 10.1.1. Numbers are octal digits.
struct Header {
  char name[100] = {};
  char mode[8] = {'0', '0', '0', '0', '6', '4', '4', '\0'};
  char uid[8] = {'0', '0', '0', '0', '0', '0', '0', '\0'};
  char gid[8] = {'0', '0', '0', '0', '0', '0', '0', '\0'};
  char size[12] = {};
  char mtime[12] = {};
  char checksum[8] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
  char type = '0';
  char link[100] = {};
  char magic[8] = {'u', 's', 't', 'a', 'r', '\0', '0', '0'};
  char rest[247] = {};  // names of user and group, device, prefix
};
static_assert(sizeof(Header) == kTarBlock);

/// The digits of `value`, all but the last character of the field.
void put_octal(std::span<char> field, std::uint64_t value) {
  for (std::size_t i = field.size() - 1; i-- > 0; value /= 8) field[i] = static_cast<char>('0' + value % 8);
}

}  // namespace

std::array<std::byte, kTarBlock> tar_header(std::string_view name, std::uint64_t bytes) {
  if (name.empty() || name.size() > kMaxTarName)
    throw ConfigError(concat("[tar] name: expected 1 to ", kMaxTarName, " bytes, got ", name.size()));
  if (bytes > kLargest) throw ConfigError(concat("[tar] size: expected at most ", kLargest, ", got ", bytes));
  Header header;
  std::memcpy(header.name, name.data(), name.size());
  put_octal(header.size, bytes);
  put_octal(header.mtime, kTime);
  unsigned sum = 0;
  for (const std::byte byte : std::as_bytes(std::span(&header, 1))) sum += std::to_integer<unsigned>(byte);
  put_octal(std::span(header.checksum).first(7), sum);
  header.checksum[6] = '\0';
  std::array<std::byte, kTarBlock> block;
  std::memcpy(block.data(), &header, kTarBlock);
  return block;
}

}  // namespace sonograd::io
