#include "audio/mp3_layout.h"

#include <algorithm>
#include <optional>

#include "audio/byte_reader.h"
#include "audio/mpeg_frame.h"
#include "audio/tags.h"
#include "tensor/support/error.h"

namespace sonograd::audio {
namespace {

/// libsndfile's decoder finds the next frame behind so many bytes at most.
constexpr std::int64_t kMostSkipped = 1000;
/// Counts differ by one or two between encoders: the frame with the count itself, and the last one.
constexpr std::int64_t kCountSlack = 2;
constexpr int kAgreeingFrames = 3;
/// Bytes of a frame that a count and the words before it need.
constexpr std::size_t kCountBytes = 64;

struct Mp3Stream {
  std::int64_t begin = 0, end = 0;
  std::int64_t sound = 0;                     ///< position of the first frame that holds sound
  std::int64_t frames = 0;                    ///< frames that hold sound
  std::optional<std::int64_t> declared = {};  ///< the same according to the header
  Mp3Frame format;
};

class Mp3Scan {
 public:
  Mp3Scan(const FileInput& input, std::int64_t start) : bytes_(input), position_(start) {}

  void run() {
    scan();
    end_junk();
  }

  const std::vector<Mp3Stream>& streams() const { return streams_; }
  std::int64_t junk() const { return junk_; }
  bool is_full() const { return full_; }

 private:
  void scan() {
    while (position_ < bytes_.size() && !full_) {
      if (const auto frame = frame_here()) {
        take(*frame);
      } else if (const std::int64_t tag = tag_length(bytes_, position_); tag > 0) {
        // A tag for the front may come in the middle of a broadcast; those for the end end a stream.
        separated_ |= bytes_.at(position_, 1)[0] != 'I';
        position_ += tag;
      } else {
        if (bytes_.at(position_, 1)[0] != 0) ++junk_here_;
        ++position_;
        ++skipped_;
      }
    }
  }

  // Behind a frame of its format one header is enough, elsewhere three in a row must agree.
  std::optional<Mp3Frame> frame_here() {
    const auto first = parse_mp3_frame(bytes_.at(position_, kMp3HeaderBytes));
    if (!first) return std::nullopt;
    if (!streams_.empty() && skipped_ == 0 && first->same_format(streams_.back().format)) return first;
    std::int64_t position = position_;
    auto frame = first;
    for (int count = 1; count < kAgreeingFrames; ++count) {
      position += static_cast<std::int64_t>(frame->bytes);
      frame = parse_mp3_frame(bytes_.at(position, kMp3HeaderBytes));
      if (!frame || !frame->same_format(*first)) return std::nullopt;
    }
    return first;
  }

  void take(const Mp3Frame& frame) {
    const std::int64_t end = position_ + static_cast<std::int64_t>(frame.bytes);
    if (end > bytes_.size()) {  // the last frame is cut off
      position_ = bytes_.size();
      return;
    }
    const auto head = bytes_.at(position_, std::min(kCountBytes, frame.bytes));
    const bool counts = is_count_frame(head, frame);
    if (streams_.empty() || counts || separated_ || skipped_ > kMostSkipped ||
        !frame.same_format(streams_.back().format)) {
      if (streams_.size() == kMaxParts) {
        full_ = true;
        return;
      }
      streams_.push_back({.begin = position_, .sound = counts ? end : position_, .format = frame});
      if (counts) streams_.back().declared = frame_count(head, frame);
    }
    Mp3Stream& stream = streams_.back();
    if (!counts) ++stream.frames;
    stream.end = position_ = end;
    separated_ = false;
    skipped_ = 0;
    end_junk();
  }

  // Some bytes between frames are no loss: less than a frame.
  void end_junk() {
    if (!streams_.empty() && junk_here_ > kMostSkipped) junk_ += junk_here_;
    junk_here_ = 0;
  }

  ByteReader bytes_;
  std::int64_t position_;
  std::vector<Mp3Stream> streams_;
  bool separated_ = false;      ///< a tag for the end of a stream came behind the last frame
  bool full_ = false;           ///< there are more streams than the limit
  std::int64_t skipped_ = 0;    ///< bytes behind the last frame that are neither frame nor tag
  std::int64_t junk_here_ = 0;  ///< those of them that are not zero
  std::int64_t junk_ = 0;       ///< the same between all streams and behind the last
};

}  // namespace

StreamLayout mp3_layout(const FileInput& input, std::int64_t start) {
  Mp3Scan scan(input, start);
  scan.run();
  StreamLayout layout;
  for (const Mp3Stream& stream : scan.streams()) {
    const bool too_small = stream.declared && stream.frames > *stream.declared + kCountSlack;
    layout.parts.push_back({.begin = too_small ? stream.sound : stream.begin, .end = stream.end});
    if (layout.parts.size() == 1 && !too_small) layout.parts[0].begin = start;
  }
  if (layout.parts.empty()) layout.parts.push_back({.begin = start, .end = input.size()});
  if (scan.is_full()) {
    layout.left_out = too_many_parts();
  } else {
    layout.parts.back().end = input.size();  // with the tags that follow
  }
  if (scan.junk() > 0)
    layout.left_out = concat(scan.junk(), " bytes between or behind the mp3 frames are left out");
  return layout;
}

}  // namespace sonograd::audio
