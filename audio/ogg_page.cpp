#include "audio/ogg_page.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sonograd::audio {
namespace {

constexpr std::size_t kHeader = 27;  // without the table of segments
constexpr std::size_t kFlags = 5, kGranule = 6, kSerial = 14, kSequence = 18, kChecksum = 22, kSegments = 26;

std::uint64_t little_endian(std::span<const unsigned char> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

void put(std::span<unsigned char> field, std::uint32_t value) {
  for (std::size_t i = 0; i < field.size(); ++i) field[i] = static_cast<unsigned char>(value >> 8 * i);
}

constexpr std::array<std::uint32_t, 256> checksum_table() {
  constexpr std::uint32_t kPolynomial = 0x04C11DB7;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t value = byte << 24;
    for (int bit = 0; bit < 8; ++bit) value = value << 1 ^ ((value & 0x80000000) != 0 ? kPolynomial : 0);
    table[byte] = value;
  }
  return table;
}

}  // namespace

std::optional<OggPage> parse_ogg_page(std::span<const unsigned char> bytes) {
  constexpr unsigned char kBegins = 2, kEnds = 4;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (bytes.size() < kHeader || !text.starts_with(std::string_view("OggS\0", 5))) return std::nullopt;
  const std::size_t body = kHeader + bytes[kSegments];
  if (bytes.size() < body) return std::nullopt;
  std::size_t end = body;
  for (std::size_t i = kHeader; i < body; ++i) end += bytes[i];
  if (bytes.size() < end) return std::nullopt;
  return OggPage{.begins_stream = (bytes[kFlags] & kBegins) != 0,
                 .ends_stream = (bytes[kFlags] & kEnds) != 0,
                 .granule = static_cast<std::int64_t>(little_endian(bytes.subspan(kGranule, 8))),
                 .serial = static_cast<std::uint32_t>(little_endian(bytes.subspan(kSerial, 4))),
                 .sequence = static_cast<std::uint32_t>(little_endian(bytes.subspan(kSequence, 4))),
                 .checksum = static_cast<std::uint32_t>(little_endian(bytes.subspan(kChecksum, 4))),
                 .bytes = end};
}

std::uint32_t ogg_checksum(std::span<const unsigned char> page) {
  static constexpr auto kTable = checksum_table();
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < page.size(); ++i) {
    const unsigned char byte = i >= kChecksum && i < kChecksum + 4 ? 0 : page[i];
    value = value << 8 ^ kTable[value >> 24 ^ byte];
  }
  return value;
}

void set_ogg_serial(std::span<std::byte> stream, std::uint32_t serial) {
  std::span rest(reinterpret_cast<unsigned char*>(stream.data()), stream.size());
  while (const auto page = parse_ogg_page(rest)) {
    put(rest.subspan(kSerial, 4), serial);
    put(rest.subspan(kChecksum, 4), ogg_checksum(rest.first(page->bytes)));
    rest = rest.subspan(page->bytes);
  }
}

}  // namespace sonograd::audio
