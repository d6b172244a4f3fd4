#include "audio/flac_layout.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <set>

#include "audio/byte_reader.h"

namespace sonograd::audio {
namespace {

constexpr std::string_view kMarker = "fLaC";
/// Behind the marker and the header of its block: STREAMINFO (RFC 9639 §8.2).
constexpr std::int64_t kInfo = 8;
constexpr std::size_t kInfoBytes = 34;

std::uint64_t big_endian(std::span<const unsigned char> bytes) {
  std::uint64_t value = 0;
  for (const unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

// Does a stream begin here? Behind the marker stands the block STREAMINFO: its type, last or not, and its length.
bool begins_stream(ByteReader& bytes, std::int64_t position) {
  constexpr std::string_view kLength("\0\0\x22", 3);
  const std::string_view head = bytes.text(position, kInfo);
  return head.size() == kInfo && head.starts_with(kMarker) && (head[4] & 0x7F) == 0 &&
         head.substr(5) == kLength;
}

/// The samples of a frame in its stream, from its header (RFC 9639 §9.1).
struct FrameSpan {
  std::uint64_t begin = 0, end = 0;
};

unsigned crc8(std::span<const unsigned char> bytes) {
  constexpr unsigned kPolynomial = 0x107;
  unsigned value = 0;
  for (const unsigned char byte : bytes) {
    value ^= byte;
    for (int bit = 0; bit < 8; ++bit) value = value << 1 ^ ((value & 0x80) != 0 ? kPolynomial : 0);
  }
  return value;
}

// `block`: samples of the frames of a stream whose frames are equally long.
std::optional<FrameSpan> parse_frame(std::span<const unsigned char> bytes, std::uint64_t block) {
  if (bytes.size() < 16 || bytes[0] != 0xFF || (bytes[1] & 0xFE) != 0xF8) return std::nullopt;
  const unsigned size_code = bytes[2] >> 4, rate_code = bytes[2] & 15;
  if (size_code == 0 || rate_code == 15 || bytes[3] >> 4 > 10 || (bytes[3] & 1) != 0) return std::nullopt;
  // The number of the frame or of its first sample, coded like a character in UTF-8.
  const auto ones = static_cast<std::size_t>(std::countl_one(bytes[4]));
  if (ones == 1 || ones > 7) return std::nullopt;
  std::uint64_t number = ones == 0 ? bytes[4] : bytes[4] & (0x7Fu >> ones);
  std::size_t at = 5;
  for (std::size_t i = 1; i < ones; ++i) number = number << 6 | (bytes[at++] & 0x3F);
  std::uint64_t samples = 0;
  if (size_code == 1) {
    samples = 192;
  } else if (size_code < 6) {
    samples = std::uint64_t{576} << (size_code - 2);
  } else if (size_code < 8) {
    samples = big_endian(bytes.subspan(at, size_code - 5)) + 1;
    at += size_code - 5;
  } else {
    samples = std::uint64_t{256} << (size_code - 8);
  }
  if (rate_code >= 12) at += rate_code == 12 ? 1 : 2;
  if (crc8(bytes.first(at)) != bytes[at]) return std::nullopt;
  const bool counts_samples = (bytes[1] & 1) != 0;
  const std::uint64_t begin = counts_samples ? number : number * block;
  return FrameSpan{begin, begin + samples};
}

// The end of the last frame of a part, in samples; 0: not found. Bytes that look like a header occur in the data, too: a frame
// counts when another one near the end of the part ends where it begins.
std::uint64_t last_sample(ByteReader& bytes, const StreamPart& part) {
  constexpr std::size_t kHeader = 16;
  const std::uint64_t block = big_endian(bytes.at(part.begin + kInfo, 2));
  std::set<std::uint64_t> ends;
  std::uint64_t last = 0;
  const auto span = static_cast<std::int64_t>(ByteReader::kBlock / 2);
  for (std::int64_t position = std::max(part.begin + kInfo, part.end - span); position < part.end;
       ++position) {
    if (const auto frame = parse_frame(bytes.at(position, kHeader), block)) {
      if (ends.contains(frame->begin)) last = std::max(last, frame->end);
      ends.insert(frame->end);
    }
  }
  return last;
}

// Where a header declares fewer samples than there are, "unknown" in its place makes the decoder read to the end.
void correct_length(ByteReader& bytes, StreamPart& part) {
  constexpr std::int64_t kTotal = 13;  // its upper four bits; the number of bits per sample is beside them
  if (!begins_stream(bytes, part.begin)) return;
  const auto info = bytes.at(part.begin + kInfo, kInfoBytes);
  if (info.size() < kInfoBytes) return;
  const std::uint64_t total = big_endian(info.subspan(kTotal, 5)) & 0xFFFFFFFFF;
  const char upper = static_cast<char>(info[kTotal] & 0xF0);
  if (total == 0 || last_sample(bytes, part) <= total) return;
  part.patch = {part.begin + kInfo + kTotal, upper + std::string(4, '\0')};
}

}  // namespace

StreamLayout flac_layout(const FileInput& input) {
  ByteReader bytes(input);
  StreamLayout layout;
  std::int64_t position = 0;
  while ((position = bytes.find(kMarker, position, bytes.size())) < bytes.size()) {
    if (begins_stream(bytes, position)) {
      if (!layout.parts.empty()) layout.parts.back().end = position;
      if (layout.parts.size() == kMaxParts) {
        layout.left_out = too_many_parts();
        break;
      }
      layout.parts.push_back({.begin = position, .end = input.size()});
    }
    ++position;
  }
  if (layout.parts.empty()) layout.parts.push_back({.begin = 0, .end = input.size()});
  for (StreamPart& part : layout.parts) correct_length(bytes, part);
  return layout;
}

}  // namespace sonograd::audio
