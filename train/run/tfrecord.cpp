#include "train/run/tfrecord.h"

#include <array>

namespace sonograd::train {
namespace {

constexpr std::size_t kHeader = 12, kFooter = 4;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  constexpr std::uint32_t kReversedPolynomial = 0x82F63B78;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ kReversedPolynomial : crc >> 1;
    table[byte] = crc;
  }
  return table;
}

/// A CRC of bytes that contain their own CRC detects little, hence the mask.
std::uint32_t masked_crc(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return (crc >> 15 | crc << 17) + 0xA282EAD8;
}

template <class Unsigned>
void append_little_endian(std::string& out, Unsigned value) {
  for (std::size_t i = 0; i < sizeof value; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

template <class Unsigned>
Unsigned read_little_endian(std::string_view bytes) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value |= static_cast<Unsigned>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = make_crc_table();
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  return ~crc;
}

std::string frame_record(std::string_view data) {
  std::string record;
  append_little_endian<std::uint64_t>(record, data.size());
  append_little_endian(record, masked_crc(record));
  record += data;
  append_little_endian(record, masked_crc(data));
  return record;
}

std::optional<std::string_view> take_record(std::string_view& bytes) {
  if (bytes.size() < kHeader + kFooter) return std::nullopt;
  const auto length = read_little_endian<std::uint64_t>(bytes);
  if (read_little_endian<std::uint32_t>(bytes.substr(8)) != masked_crc(bytes.substr(0, 8)))
    return std::nullopt;
  if (length > bytes.size() - kHeader - kFooter) return std::nullopt;
  const std::string_view data = bytes.substr(kHeader, length);
  if (read_little_endian<std::uint32_t>(bytes.substr(kHeader + length)) != masked_crc(data))
    return std::nullopt;
  bytes.remove_prefix(kHeader + length + kFooter);
  return data;
}

}  // namespace sonograd::train
