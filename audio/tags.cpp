#include "audio/tags.h"

#include <algorithm>

namespace sonograd::audio {
namespace {

// ID3v2.4 §3.1: sizes have seven bits in a byte.
std::int64_t id3v2_length(std::span<const unsigned char> bytes) {
  constexpr std::size_t kHeader = 10;
  constexpr unsigned char kFooter = 0x10;
  if (bytes.size() < kHeader || bytes[3] == 0xFF || bytes[4] == 0xFF) return 0;
  std::int64_t size = 0;
  for (std::size_t i = 6; i < kHeader; ++i) {
    if (bytes[i] >= 0x80) return 0;
    size = size << 7 | bytes[i];
  }
  return std::int64_t{kHeader} + size + ((bytes[5] & kFooter) != 0 ? std::int64_t{kHeader} : 0);
}

// APEv2: the size counts the items and the footer, the header comes on top. A footer stands for itself.
std::int64_t ape_length(std::span<const unsigned char> bytes) {
  constexpr std::size_t kHeader = 32;
  constexpr unsigned char kIsHeader = 0x20;  // bit 29 of the flags
  if (bytes.size() < kHeader) return 0;
  if ((bytes[23] & kIsHeader) == 0) return std::int64_t{kHeader};
  std::int64_t size = 0;
  for (std::size_t i = 4; i-- > 0;) size = size << 8 | bytes[12 + i];
  return std::int64_t{kHeader} + size;
}

std::int64_t lyrics_length(ByteReader& bytes, std::int64_t position) {
  constexpr std::int64_t kLongest = 100 << 10;
  constexpr std::size_t kEndWord = 9;
  const std::int64_t limit = std::min(bytes.size(), position + kLongest);
  for (const char* word : {"LYRICS200", "LYRICSEND"}) {
    const std::int64_t end = bytes.find(word, position, limit);
    if (end < limit) return end + std::int64_t{kEndWord} - position;
  }
  return 0;
}

}  // namespace

std::int64_t tag_length(ByteReader& bytes, std::int64_t position) {
  constexpr std::int64_t kId3v1 = 128;
  constexpr std::int64_t kEnhancedId3v1 = 227;
  const std::string_view text = bytes.text(position, 32);
  const std::span head(reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::int64_t length = 0;
  if (text.starts_with("ID3")) length = id3v2_length(head);
  if (text.starts_with("TAG")) length = text.starts_with("TAG+") ? kEnhancedId3v1 : kId3v1;
  if (text.starts_with("APETAGEX")) length = ape_length(head);
  if (text.starts_with("LYRICSBEGIN")) length = lyrics_length(bytes, position);
  return std::min(length, bytes.size() - position);
}

std::int64_t skip_tags(ByteReader& bytes, std::int64_t position) {
  for (std::int64_t length = tag_length(bytes, position); length > 0; length = tag_length(bytes, position)) {
    position += length;
  }
  return position;
}

}  // namespace sonograd::audio
