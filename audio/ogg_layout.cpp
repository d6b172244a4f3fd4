#include "audio/ogg_layout.h"

#include <map>

#include "audio/byte_reader.h"
#include "audio/ogg_page.h"

namespace sonograd::audio {
namespace {

constexpr std::string_view kCapture = "OggS";

// The page at a position. A page that is cut off reaches into the pages behind it: where another one seems to begin in its
// contents, the checksum decides.
std::optional<OggPage> page_at(ByteReader& bytes, std::int64_t position) {
  const auto page = parse_ogg_page(bytes.at(position, kMostOggPageBytes));
  if (!page || bytes.text(position, page->bytes).find(kCapture, 1) == std::string_view::npos) return page;
  return ogg_checksum(bytes.at(position, page->bytes)) == page->checksum ? page : std::nullopt;
}

/// The streams of a file while its pages pass by. Chained streams begin where a first page follows one that is none; first
/// pages in a row belong to streams that are interleaved.
class OggScan {
 public:
  /// Whether there was room for the page.
  bool add(const OggPage& page, std::int64_t position) {
    if (parts_.empty() || (page.begins_stream && !was_first_)) {
      if (parts_.size() == kMaxParts) return false;
      close();
      parts_.push_back({.begin = position});
      serial_ = page.serial;
      latest_ = -1;
      turned_back_ = false;
    }
    was_first_ = page.begins_stream;
    ended_ = page.ends_stream;
    parts_.back().end = position + static_cast<std::int64_t>(page.bytes);
    if (page.serial == serial_ && page.granule >= 0) {
      turned_back_ |= page.granule < latest_;
      latest_ = page.granule;
    }
    return true;
  }

  std::vector<StreamPart> parts() {
    close();
    return parts_;
  }

 private:
  void close() {
    if (parts_.empty()) return;
    if (!ended_) parts_.back().damage = "cut short: the end of the stream is missing";
    if (turned_back_) parts_.back().damage = "the time stamps of the stream go back: its end may be left out";
  }

  std::vector<StreamPart> parts_;
  bool was_first_ = false;  ///< of its stream was the latest page
  bool ended_ = false;      ///< with the latest page
  std::uint32_t serial_ = 0;
  std::int64_t latest_ = -1;  ///< granule position of that serial number
  bool turned_back_ = false;
};

}  // namespace

StreamLayout ogg_layout(const FileInput& input) {
  ByteReader bytes(input);
  OggScan scan;
  StreamLayout layout;
  for (std::int64_t position = 0; position < bytes.size();) {
    const auto page = page_at(bytes, position);
    if (!page) {
      position = bytes.find(kCapture, position + 1, bytes.size());
      continue;
    }
    if (!scan.add(*page, position)) {
      layout.left_out = too_many_parts();
      break;
    }
    position += static_cast<std::int64_t>(page->bytes);
  }
  layout.parts = scan.parts();
  if (layout.parts.empty()) layout.parts.push_back({.begin = 0, .end = input.size()});
  return layout;
}

bool is_intact_ogg(const FileInput& input, const StreamPart& part) {
  ByteReader bytes(input);
  std::map<std::uint32_t, std::uint32_t> next;  // sequence number of each serial number
  for (std::int64_t position = part.begin; position < part.end;) {
    const auto page = page_at(bytes, position);
    if (!page || ogg_checksum(bytes.at(position, page->bytes)) != page->checksum) return false;
    const auto [expected, is_new] = next.try_emplace(page->serial, page->sequence);
    if (expected->second != page->sequence) return false;
    expected->second = page->sequence + 1;
    position += static_cast<std::int64_t>(page->bytes);
  }
  return true;
}

}  // namespace sonograd::audio
