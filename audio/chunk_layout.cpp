#include "audio/chunk_layout.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "audio/byte_reader.h"
#include "audio/tags.h"
#include "tensor/support/error.h"

namespace sonograd::audio {
namespace {

struct Form {
  std::string_view magic, kind;
  std::string_view samples;  ///< name of the chunk with the samples
  bool big_endian;
  std::size_t size_bytes;  ///< of the size of a chunk
  std::int64_t first;      ///< position of the first chunk
  bool padded;             ///< chunks begin at even positions
};

constexpr Form kForms[] = {
    {"RIFF", "WAVE", "data", false, 4, 12, true}, {"RIFX", "WAVE", "data", true, 4, 12, true},
    {"RF64", "WAVE", "data", false, 4, 12, true}, {"FORM", "AIFF", "SSND", true, 4, 12, true},
    {"FORM", "AIFC", "SSND", true, 4, 12, true},  {"caff", "", "data", true, 8, 8, false},
};
constexpr std::string_view kAu = ".snd";
/// Sizes near 2³¹ and 2³² are what writers to a pipe put: not known.
constexpr std::int64_t kStreamed = 0x7FFF0000;
/// So few bytes behind the end are a flaw of the writer, not sound.
constexpr std::int64_t kNegligible = 64;

std::int64_t number(std::string_view bytes, bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[big_endian ? i : bytes.size() - 1 - i]);
  }
  return static_cast<std::int64_t>(value);
}

const Form* form_at(ByteReader& bytes, std::int64_t position) {
  const std::string_view head = bytes.text(position, 12);
  const auto* const form = std::ranges::find_if(kForms, [&](const Form& candidate) {
    return head.size() == 12 && head.starts_with(candidate.magic) &&
           head.substr(8).starts_with(candidate.kind);
  });
  return form == std::end(kForms) ? nullptr : form;
}

bool begins_file(ByteReader& bytes, std::int64_t position) {
  return form_at(bytes, position) != nullptr || bytes.text(position, kAu.size()) == kAu;
}

/// One of the joined files.
struct Extent {
  std::int64_t end;         ///< the end of the file where it is not known
  bool has_samples = true;  ///< according to the header
};

class ChunkWalk {
 public:
  ChunkWalk(ByteReader& bytes, const Form& form, std::int64_t begin)
      : bytes_(bytes), form_(form), position_(begin + form.first) {}

  Extent extent() {
    constexpr std::int64_t kSsndHeader = 8;
    bool sampled = false, has_samples = true;
    while (const auto chunk = chunk_here()) {
      if (sampled && begins_file(bytes_, position_)) return {position_, has_samples};
      if (chunk->name == "ds64") long_size_ = number(bytes_.text(chunk->body + 8, 8), false);
      std::int64_t size = chunk->size;
      if (chunk->name == form_.samples) {
        sampled = true;
        if (form_.magic == "RF64" && size == 0xFFFFFFFF) size = long_size_;
        if (form_.size_bytes == 4 && form_.magic != "RF64" && size >= kStreamed) return {bytes_.size()};
        has_samples = size > (form_.samples == "SSND" ? kSsndHeader : 0);
      }
      if (size < 0 || size > bytes_.size() - chunk->body) return {bytes_.size()};
      position_ = chunk->body + size;
      // Writers forget the padding.
      if (form_.padded && size % 2 != 0 && (is_named(position_ + 1) || !is_named(position_))) ++position_;
    }
    return {sampled ? std::min(position_, bytes_.size()) : bytes_.size(), has_samples};
  }

 private:
  struct Chunk {
    std::string name;
    std::int64_t size, body;
  };

  bool is_named(std::int64_t position) {
    const std::string_view name = bytes_.text(position, 4);
    return name.size() == 4 && std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
  }
  std::optional<Chunk> chunk_here() {
    if (!is_named(position_)) return std::nullopt;
    const std::string_view head = bytes_.text(position_, 4 + form_.size_bytes);
    if (head.size() < 4 + form_.size_bytes) return std::nullopt;
    return Chunk{std::string(head.substr(0, 4)), number(head.substr(4), form_.big_endian),
                 position_ + std::ssize(head)};
  }

  ByteReader& bytes_;
  const Form& form_;
  std::int64_t position_;
  std::int64_t long_size_ = -1;
};

// An AU file states where its samples begin and how many bytes they take.
Extent au_extent(ByteReader& bytes, std::int64_t begin) {
  const std::string_view head = bytes.text(begin, 12);
  if (head.size() < 12) return {bytes.size()};
  const std::int64_t offset = number(head.substr(4, 4), true), size = number(head.substr(8, 4), true);
  if (size >= kStreamed) return {bytes.size()};
  return {std::min(begin + offset + size, bytes.size()), size > 0};
}

bool only_zeros(ByteReader& bytes, std::int64_t position) {
  while (position < bytes.size()) {
    const auto block = bytes.at(position, ByteReader::kBlock / 2);
    if (block.empty() || std::ranges::any_of(block, [](unsigned char byte) { return byte != 0; }))
      return false;
    position += std::ssize(block);
  }
  return true;
}

}  // namespace

StreamLayout chunk_layout(const FileInput& input) {
  ByteReader bytes(input);
  StreamLayout layout;
  for (std::int64_t begin = 0;;) {
    const Form* const form = form_at(bytes, begin);
    const Extent extent = form != nullptr                        ? ChunkWalk(bytes, *form, begin).extent()
                          : bytes.text(begin, kAu.size()) == kAu ? au_extent(bytes, begin)
                                                                 : Extent{bytes.size()};
    layout.parts.push_back({.begin = begin, .end = extent.end});
    const std::int64_t next = skip_tags(bytes, extent.end);
    if (next < bytes.size() && next > begin && begins_file(bytes, next)) {
      if (layout.parts.size() == kMaxParts) {
        layout.left_out = too_many_parts();
        return layout;
      }
      begin = next;
      continue;
    }
    const std::int64_t rest = bytes.size() - next;
    if (rest > kNegligible && !only_zeros(bytes, next)) {
      if (extent.has_samples) {
        layout.left_out = concat(rest, " bytes behind the end that the header declares are left out");
      } else {
        layout.undeclared = rest;
      }
    }
    layout.parts.back().end = bytes.size();
    return layout;
  }
}

}  // namespace sonograd::audio
