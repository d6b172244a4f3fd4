#include "audio/shard_index.h"

#include <algorithm>
#include <span>

#include "audio/decode.h"
#include "tensor/io/crc32c.h"
#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormat = "sonograd shards 1";
constexpr std::size_t kMaxIndexBytes = std::size_t{1} << 30;

std::uint32_t crc_of(std::string_view text) {
  return io::crc32c(std::as_bytes(std::span(text)));
}

/// Free text as a cell: one line, without tabs.
std::string cell(std::string text) {
  if (!is_utf8_text(text)) text = to_utf8_lossy(text);
  for (char& c : text) c = c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
  return text;
}

/// The cells of one line, read in turn.
class IndexLine {
 public:
  /// `where` names file and line in messages.
  IndexLine(std::string_view line, std::string where) : rest_(line), where_(std::move(where)) {}

  std::string_view text() {
    if (is_empty_) fail("has too few cells");
    const std::size_t tab = rest_.find('\t');
    const std::string_view cell = rest_.substr(0, tab);
    is_empty_ = tab == std::string_view::npos;
    rest_.remove_prefix(is_empty_ ? rest_.size() : tab + 1);
    return cell;
  }
  template <class Number>
  Number number() {
    const std::string_view digits = text();
    const auto value = parse_number<Number>(digits);
    if (!value) fail(concat("'", to_utf8_lossy(digits), "' is no number"));
    return *value;
  }
  void end() {
    if (!is_empty_) fail("has too many cells");
  }
  [[noreturn]] void fail(const std::string& problem) const {
    throw FormatError(concat(where_, ": the index of shards is damaged: the line ", problem));
  }

 private:
  std::string_view rest_;
  std::string where_;
  bool is_empty_ = false;
};

ShardFile read_shard(IndexLine& line) {
  ShardFile shard{.name = std::string(line.text()), .bytes = line.number<std::uint64_t>(), .sha256 = {}};
  shard.sha256 = line.text();
  if (shard.name.empty() || shard.name.find('/') != std::string::npos) line.fail("names no shard");
  return shard;
}

ShardClip read_clip(IndexLine& line, const std::vector<ShardFile>& shards) {
  ShardClip clip;
  clip.row = line.number<std::size_t>();
  clip.key = line.text();
  clip.shard = line.number<std::size_t>();
  clip.offset = line.number<std::uint64_t>();
  clip.samples = line.number<std::uint64_t>();
  clip.clipped = line.number<std::int64_t>();
  clip.crc32c = line.number<std::uint32_t>();
  clip.warning = line.text();
  if (clip.shard >= shards.size()) line.fail("names no shard");
  const std::uint64_t bytes = shards[clip.shard].bytes;
  if (clip.samples == 0 || clip.offset > bytes || clip.samples > (bytes - clip.offset) / 2)
    line.fail("describes a clip outside its shard");
  return clip;
}

AbsentClip read_absent(IndexLine& line, bool is_left_out) {
  AbsentClip clip{.row = line.number<std::size_t>(),
                  .key = std::string(line.text()),
                  .is_left_out = is_left_out,
                  .bytes = line.number<std::int64_t>(),
                  .reason = {}};
  clip.reason = line.text();
  return clip;
}

/// The lines between the first and the last one, whose checksum is right.
std::vector<std::string_view> checked_lines(std::string_view text, const std::string& name) {
  const auto damaged = [&](std::string_view problem) {
    return FormatError(concat(name, ": the index of shards is damaged: ", problem));
  };
  if (!text.starts_with(kFormat)) throw FormatError(concat(name, ": not an index of shards"));
  const std::size_t end = text.rfind("end\t");
  if (end == std::string_view::npos || !text.ends_with('\n')) throw damaged("the last line is missing");
  const std::string_view sum = text.substr(end + 4, text.size() - end - 5);
  if (parse_number<std::uint32_t>(sum) != crc_of(text.substr(0, end))) throw damaged("wrong checksum");
  return text_lines(text.substr(0, end));
}

}  // namespace

ShardIndex ShardIndex::read(const fs::path& file) {
  const std::string name = file.string();
  const std::string text = io::read_text_file(file, kMaxIndexBytes);
  const std::vector<std::string_view> lines = checked_lines(text, name);
  ShardIndex index;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    IndexLine line(lines[i], concat(name, ':', i + 1));
    const std::string_view kind = line.text();
    if (i == 0) {
      index.sample_rate = line.number<int>();
      index.origin = line.text();
      if (index.sample_rate < kMinSampleRate || index.sample_rate > kMaxSampleRate)
        line.fail("has no sample rate");
    } else if (kind == "shard") {
      index.shards.push_back(read_shard(line));
    } else if (kind == "clip") {
      index.clips.push_back(read_clip(line, index.shards));
    } else if (kind == "unreadable" || kind == "left out") {
      index.absent.push_back(read_absent(line, kind == "left out"));
    } else {
      line.fail("is of no kind");
    }
    line.end();
  }
  return index;
}

std::string ShardIndex::format() const {
  std::ostringstream out;
  out << kFormat << '\t' << sample_rate << '\t' << origin << '\n';
  for (const ShardFile& shard : shards)
    out << "shard\t" << shard.name << '\t' << shard.bytes << '\t' << shard.sha256 << '\n';
  for (const ShardClip& clip : clips) {
    out << "clip\t" << clip.row << '\t' << clip.key << '\t' << clip.shard << '\t' << clip.offset << '\t'
        << clip.samples << '\t' << clip.clipped << '\t' << clip.crc32c << '\t' << cell(clip.warning) << '\n';
  }
  for (const AbsentClip& clip : absent) {
    out << (clip.is_left_out ? "left out\t" : "unreadable\t") << clip.row << '\t' << clip.key << '\t'
        << clip.bytes << '\t' << cell(clip.reason) << '\n';
  }
  std::string text = out.str();
  return text + concat("end\t", crc_of(text), '\n');
}

std::string unit_name(std::size_t unit) {
  constexpr std::size_t kDigits = 5;
  const std::string digits = std::to_string(unit);
  return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

fs::path index_of_shard(const fs::path& shard) {
  const std::string stem = shard.stem().string();
  return shard.parent_path() / concat(stem.substr(0, stem.find('-')), kShardIndexExtension);
}

}  // namespace sonograd::audio
