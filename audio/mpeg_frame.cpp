#include "audio/mpeg_frame.h"

#include <array>
#include <string_view>

namespace sonograd::audio {
namespace {

constexpr unsigned kMpeg1 = 3;

// Position of the word that makes a frame a count frame: `Xing` and `Info` stand where the side information ends, with or
// without a checksum before it, `VBRI` 32 bytes behind the header.
std::optional<std::size_t> count_word(std::span<const unsigned char> bytes, const Mp3Frame& frame) {
  const bool mpeg1 = frame.version == kMpeg1;
  const std::size_t side = frame.channels == 1 ? (mpeg1 ? 17 : 9) : (mpeg1 ? 32 : 17);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto is_at = [&](std::size_t position, std::string_view word) {
    return position < text.size() && text.substr(position).starts_with(word);
  };
  for (const std::size_t position : {kMp3HeaderBytes + side, kMp3HeaderBytes + side + 2}) {
    if (is_at(position, "Xing") || is_at(position, "Info")) return position;
  }
  if (is_at(kMp3HeaderBytes + 32, "VBRI")) return kMp3HeaderBytes + 32;
  return std::nullopt;
}

std::int64_t big_endian(std::span<const unsigned char> bytes) {
  std::int64_t value = 0;
  for (const unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

}  // namespace

std::optional<Mp3Frame> parse_mp3_frame(std::span<const unsigned char> bytes) {
  constexpr std::array<unsigned, 15> kMpeg1Kbps{0,   32,  40,  48,  56,  64,  80, 96,
                                                112, 128, 160, 192, 224, 256, 320};
  constexpr std::array<unsigned, 15> kMpeg2Kbps{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
  constexpr std::array<unsigned, 3> kRates{44100, 48000, 32000};
  if (bytes.size() < kMp3HeaderBytes || bytes[0] != 0xFF || (bytes[1] & 0xE6) != 0xE2) return std::nullopt;
  const unsigned version = bytes[1] >> 3 & 3;
  const unsigned rate_index = bytes[2] >> 2 & 3;
  const unsigned kbps_index = bytes[2] >> 4;
  if (version == 1 || rate_index == 3 || kbps_index == 0 || kbps_index == 15) return std::nullopt;
  const bool mpeg1 = version == kMpeg1;
  const unsigned rate = kRates[rate_index] >> (mpeg1 ? 0 : version == 2 ? 1 : 2);
  const unsigned kbps = (mpeg1 ? kMpeg1Kbps : kMpeg2Kbps)[kbps_index];
  const unsigned padding = bytes[2] >> 1 & 1;
  const unsigned channels = bytes[3] >> 6 == 3 ? 1 : 2;
  return Mp3Frame{version, rate, channels, (mpeg1 ? 144000 : 72000) * kbps / rate + padding};
}

bool is_count_frame(std::span<const unsigned char> bytes, const Mp3Frame& frame) {
  return count_word(bytes, frame).has_value();
}

std::optional<std::int64_t> frame_count(std::span<const unsigned char> bytes, const Mp3Frame& frame) {
  constexpr std::size_t kVbriCount = 14;  // behind the word, version, delay, quality and bytes
  constexpr std::size_t kXingCount = 8;   // behind the word and the flags
  constexpr unsigned char kHasCount = 1;
  const auto word = count_word(bytes, frame);
  if (!word) return std::nullopt;
  const auto field = bytes.subspan(*word);
  const bool vbri = field[0] == 'V';
  const std::size_t at = vbri ? kVbriCount : kXingCount;
  if (field.size() < at + 4 || (!vbri && (field[7] & kHasCount) == 0)) return std::nullopt;
  return big_endian(field.subspan(at, 4));
}

}  // namespace sonograd::audio
