#include "audio/container.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sonograd::audio {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  const char* container;
};

constexpr Magic kMagics[] = {
    {4, "ftyp"sv, "mov"},
    {0, "\xFF\xF1"sv, "aac"},
    {0, "\xFF\xF9"sv, "aac"},
    {0, "ADIF"sv, "aac"},
    {0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, "asf"},
    {0, "\x1A\x45\xDF\xA3"sv, "matroska"},
    {0, "wvpk"sv, "wv"},
    {0, "MAC "sv, "ape"},
};

constexpr std::size_t kHeaderBytes = 4;
constexpr int kAgreeingFrames = 3;

struct Mp3Frame {
  unsigned version;  ///< 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  unsigned sample_rate;
  std::size_t bytes;
};

std::optional<Mp3Frame> parse_mp3_frame(std::span<const unsigned char> bytes) {
  constexpr std::array<unsigned, 15> kMpeg1Kbps{0,   32,  40,  48,  56,  64,  80, 96,
                                                112, 128, 160, 192, 224, 256, 320};
  constexpr std::array<unsigned, 15> kMpeg2Kbps{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
  constexpr std::array<unsigned, 3> kRates{44100, 48000, 32000};
  if (bytes.size() < kHeaderBytes || bytes[0] != 0xFF || (bytes[1] & 0xE6) != 0xE2) return std::nullopt;
  const unsigned version = bytes[1] >> 3 & 3;
  const unsigned rate_index = bytes[2] >> 2 & 3;
  const unsigned kbps_index = bytes[2] >> 4;
  if (version == 1 || rate_index == 3 || kbps_index == 0 || kbps_index == 15) return std::nullopt;
  const bool mpeg1 = version == 3;
  const unsigned rate = kRates[rate_index] >> (mpeg1 ? 0 : version == 2 ? 1 : 2);
  const unsigned kbps = (mpeg1 ? kMpeg1Kbps : kMpeg2Kbps)[kbps_index];
  const unsigned padding = bytes[2] >> 1 & 1;
  return Mp3Frame{version, rate, (mpeg1 ? 144000 : 72000) * kbps / rate + padding};
}

bool starts_mp3(std::span<const unsigned char> bytes) {
  const auto first = parse_mp3_frame(bytes);
  auto frame = first;
  for (int count = 1; frame && count < kAgreeingFrames; ++count) {
    if (frame->bytes > bytes.size()) return false;
    bytes = bytes.subspan(frame->bytes);
    frame = parse_mp3_frame(bytes);
    if (frame && (frame->version != first->version || frame->sample_rate != first->sample_rate)) return false;
  }
  return frame.has_value();
}

}  // namespace

const char* ffmpeg_container(std::span<const unsigned char> head) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  const auto* magic = std::ranges::find_if(kMagics, [&](const Magic& candidate) {
    return text.size() > candidate.offset && text.substr(candidate.offset).starts_with(candidate.bytes);
  });
  return magic == std::end(kMagics) ? nullptr : magic->container;
}

std::optional<std::size_t> find_mp3_stream(std::span<const unsigned char> head) {
  for (std::size_t offset = 0; offset + kHeaderBytes <= head.size(); ++offset) {
    if (starts_mp3(head.subspan(offset))) return offset;
  }
  return std::nullopt;
}

bool ends_ogg_stream(std::span<const unsigned char> tail) {
  constexpr std::string_view kCapture = "OggS";
  constexpr std::size_t kFlags = 5;  // behind the capture pattern and the version
  constexpr unsigned char kLast = 4;
  const std::string_view text(reinterpret_cast<const char*>(tail.data()), tail.size());
  const auto page = text.rfind(kCapture);
  return page != text.npos && page + kFlags < tail.size() && (tail[page + kFlags] & kLast) != 0;
}

}  // namespace sonograd::audio
