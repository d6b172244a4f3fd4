#include "audio/decode.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "audio/byte_reader.h"
#include "audio/container.h"
#include "audio/ffmpeg.h"
#include "audio/file_input.h"
#include "audio/mp3_layout.h"
#include "audio/ogg_layout.h"
#include "audio/shard_clip.h"
#include "audio/stream_layout.h"
#include "audio/tags.h"

namespace sonograd::audio {
namespace {

constexpr sf_count_t kUnknown = SF_COUNT_MAX;
/// Frames that an mp3 may lack of the number that it declares: a codec delay and one granule at either end.
constexpr sf_count_t kMp3Slack = 2400;
/// Longest header without samples; a longer file that declares no samples was not finished by its writer.
constexpr std::int64_t kMaxHeaderBytes = 64 << 10;
/// Largest sample: beyond float files with the full scale of 32-bit integers, and far below an overflow in a spectrum.
constexpr float kLoudest = 0x1p32f;
/// Loudest sample of sound in a float file (24 dB above full scale); integers that were converted without scaling exceed it.
constexpr float kLouderThanSound = 16;
/// Bytes at the beginning of a file in which the start of an mp3 stream is searched.
constexpr std::size_t kSearchedBytes = 256 << 10;
/// Bytes at the beginning of a file that identify its container.
constexpr std::size_t kMagicBytes = 512;

/// Text about a chunk of samples that is shorter than the file declares; empty: there is none. Only the log of
/// libsndfile contains the declared length, because the length that it reports is already corrected. A size near 2³¹ or
/// 2³² stands for an unknown length: programs that write to a pipe use it.
std::string shortened_chunk(SNDFILE* file) {
  constexpr unsigned long long kStreamed = 0x7FFF0000;
  std::array<char, 16384> log{};
  sf_command(file, SFC_GET_LOG_INFO, log.data(), static_cast<int>(log.size()));
  std::istringstream lines(log.data());
  for (std::string line; std::getline(lines, line);) {
    std::array<char, 5> chunk{};
    unsigned long long declared = 0;
    unsigned long long present = 0;
    if (std::sscanf(line.c_str(), " %4s%*[^:]: %llu (should be %llu)", chunk.data(), &declared, &present) !=
        3)
      continue;
    const std::string_view name(chunk.data());
    const bool holds_samples = name == "data" || name == "SSND" || name == "Data";
    if (holds_samples && present < declared && declared < kStreamed) {
      return concat("cut short: ", declared, " bytes of samples declared, ", present, " present");
    }
  }
  return "";
}

void join(std::string& text, const std::string& more) {
  if (!text.empty()) text += "; ";
  text += more;
}

}  // namespace

std::string decoder_version() {
  return sf_version_string();
}

bool may_be_sound(const std::filesystem::path& beginning) {
  FileInput input(beginning);
  ByteReader bytes(input);
  const std::int64_t content = skip_tags(bytes, 0);
  const auto magic = input.read(content, kMagicBytes);
  if (content == input.size() || ffmpeg_container(magic) != nullptr || shared_container(magic) != nullptr)
    return true;
  SF_INFO info{};
  return input.open(0, input.size(), info) != nullptr || find_mp3_stream(input.read(content, kSearchedBytes));
}

struct Decoder::State {
  explicit State(const std::filesystem::path& source)
      : name(source.string()),
        path(source),
        stored(is_shard_clip(source) ? std::optional(open_shard_clip(source)) : std::nullopt),
        input(stored ? stored->file->path() : source) {}

  void open();
  void open_stored();
  bool open_sound();
  void open_ffmpeg(const char* container, const std::string& refusal);
  void check_header() const;
  void read_ahead();
  std::int64_t decode(std::span<float> interleaved);
  bool next_part();
  std::string damage();
  void end_part();
  void finish();
  void summarise();
  void count(std::span<const float> samples);

  std::string name;
  std::filesystem::path path;
  std::optional<StoredClip> stored;  // prepared data
  FileInput input;
  StreamLayout layout;
  std::size_t part = 0;  // of the layout, being decoded
  std::optional<FfmpegProcess> ffmpeg;
  SoundFile file;
  SF_INFO info{};
  std::vector<float> ahead;  // samples decoded before the first call of read
  std::size_t taken = 0;     // of them
  std::int64_t part_frames = 0, frames = 0;
  std::int64_t unusable = 0;
  float peak = 0;
  double square_sum = 0;
  bool finished = false;
  std::string problems;  // an error where less than a second was decoded
  std::string remarks;
  SourceReport report;
};

void Decoder::State::open_stored() {
  info.channels = 1;
  info.samplerate = stored->sample_rate;
  info.frames = static_cast<sf_count_t>(stored->samples);
  layout = {.parts = {{.begin = 0, .end = input.size()}}};
  remarks = stored->warning;
}

void Decoder::State::open() {
  if (stored) return open_stored();
  if (input.size() == 0) throw FormatError(concat(name, ": the file is empty"));
  ByteReader bytes(input);
  const std::int64_t content = skip_tags(bytes, 0);
  const auto magic = input.read(content, kMagicBytes);
  if (const char* const container = ffmpeg_container(magic)) return open_ffmpeg(container, "");
  layout = stream_layout(input);
  const bool is_open = open_sound();
  const std::string refusal = is_open ? "" : input.refusal();
  if (is_open) {
    check_header();
    read_ahead();
    if (!ahead.empty() || (info.frames == 0 && layout.undeclared == 0)) return;
  }
  if (const char* const container = shared_container(magic)) {
    const std::string reason =
        !is_open ? refusal
        : info.frames == 0
            ? concat("no samples declared, though ", layout.undeclared, " bytes follow")
            : concat("nothing could be decoded: ", sound_error(sf_error(file.get()), input.read_error()));
    file.reset();
    return open_ffmpeg(container, reason);
  }
  if (!is_open) throw FormatError(concat(name, ": not a sound file that can be read: ", refusal));
}

/// False: libsndfile does not recognise the file.
bool Decoder::State::open_sound() {
  const StreamPart whole = layout.parts[0];
  file = input.open(whole.begin, whole.end, info, whole.patch);
  std::int64_t start = whole.begin;
  if (!file) {
    const auto offset = find_mp3_stream(input.read(0, kSearchedBytes));
    if (!offset) return false;
    start = static_cast<std::int64_t>(*offset);
  } else if ((info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG) {
    return true;
  }
  layout = mp3_layout(input, start);
  const StreamPart& first = layout.parts[0];
  if (file && first.begin == whole.begin && first.end == whole.end) return true;
  file.reset();
  file = input.open(first.begin, first.end, info);
  return file != nullptr;
}

void Decoder::State::open_ffmpeg(const char* container, const std::string& refusal) {
  layout = {.parts = {{.begin = 0, .end = input.size()}}};
  ffmpeg.emplace(path, container, refusal);
  file = open_sound_pipe(ffmpeg->output(), info);
  if (!file) {
    throw FormatError(concat(name, ": ", refusal.empty() ? "" : concat(refusal, "; "),
                             "ffmpeg finds no sound in this file of kind ", container_words(container)));
  }
  check_header();
}

void Decoder::State::check_header() const {
  if ((info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_SDS) {
    // libsndfile returns minutes of invented sound behind the end of a damaged one, and prints on stdout.
    throw FormatError(concat(name, ": MIDI sample dumps are not supported"));
  }
  if (info.channels < 1 || info.channels > kMaxChannels) {
    throw FormatError(concat(name, ": expected 1 to ", kMaxChannels, " channels, got ", info.channels));
  }
  if (info.samplerate < kMinSampleRate || info.samplerate > kMaxSampleRate) {
    throw FormatError(concat(name, ": expected a sample rate of ", kMinSampleRate, " to ", kMaxSampleRate,
                             " Hz, got ", info.samplerate));
  }
}

/// Some files can be opened, but nothing in them decoded; ffmpeg may take over as long as no sample has been handed out.
void Decoder::State::read_ahead() {
  constexpr std::int64_t kFrames = 1024;
  ahead.resize(static_cast<std::size_t>(kFrames * info.channels));
  ahead.resize(static_cast<std::size_t>(decode(ahead) * info.channels));
}

/// Decodes frames of the current part, fewer than there is room for only at its end.
std::int64_t Decoder::State::decode(std::span<float> interleaved) {
  const std::int64_t capacity = static_cast<std::int64_t>(interleaved.size()) / info.channels;
  std::int64_t got = 0;
  if (stored) {
    got = stored->read(static_cast<std::uint64_t>(part_frames), interleaved);
    part_frames += got;
    return got;
  }
  while (got < capacity) {
    const sf_count_t more =
        sf_readf_float(file.get(), interleaved.data() + got * info.channels, capacity - got);
    if (more <= 0) break;
    got += more;
  }
  part_frames += got;
  return got;
}

/// Ends the current part and opens the one behind it; false: there is none, or it does not fit.
bool Decoder::State::next_part() {
  end_part();
  if (part + 1 == layout.parts.size()) return false;
  const StreamPart& next = layout.parts[++part];
  const SF_INFO first = info;
  file.reset();
  file = input.open(next.begin, next.end, info, next.patch);
  const SF_INFO opened = std::exchange(info, first);
  const double at = static_cast<double>(frames) / info.samplerate;
  std::string reason;
  if (!file) {
    reason = input.refusal();
  } else if (opened.channels != info.channels || opened.samplerate != info.samplerate) {
    reason = concat(opened.channels, " channels at ", opened.samplerate, " Hz behind ", info.channels, " at ",
                    info.samplerate, " Hz");
  }
  if (reason.empty()) {
    info = opened;
    return true;
  }
  join(remarks,
       concat("the rest from ", at, " s on, ", input.size() - next.begin, " bytes, is left out: ", reason));
  return false;
}

/// Reason for which the current part was not read to its intended end; empty: it was.
std::string Decoder::State::damage() {
  const int format = info.format & SF_FORMAT_TYPEMASK;
  const StreamPart& here = layout.parts[part];
  if (stored) return "";
  if (ffmpeg) return ffmpeg->succeeded() ? "" : "ffmpeg stopped at an error";
  if (sf_error(file.get()) != SF_ERR_NO_ERROR || input.read_error() != 0)
    return concat("damaged: ", sound_error(sf_error(file.get()), input.read_error()));
  if (info.frames == 0 && here.end - here.begin > kMaxHeaderBytes) {
    return concat("no samples declared, though the file has ", here.end - here.begin, " bytes");
  }
  if (!here.damage.empty()) return here.damage;
  if (format == SF_FORMAT_OGG) {
    if (info.frames == kUnknown) return "cut short: the end of the stream is missing";
    if (part_frames < info.frames && is_intact_ogg(input, here)) return "";  // a gap in the time stamps
  }
  if (info.frames != kUnknown && part_frames + (is_mpeg(info) ? kMp3Slack : 0) < info.frames) {
    return concat("damaged or cut short: ", info.frames, " frames declared, ", part_frames, " decoded");
  }
  return shortened_chunk(file.get());
}

void Decoder::State::end_part() {
  const std::string found = damage();
  if (!found.empty())
    join(problems, part == 0 ? found : concat("stream ", part + 1, " of the file: ", found));
  frames += std::exchange(part_frames, 0);
}

void Decoder::State::count(std::span<const float> samples) {
  for (const float sample : samples) {
    peak = std::max(peak, std::abs(sample));
    square_sum += double{sample} * sample;
  }
}

void Decoder::State::finish() {
  finished = true;
  if (!problems.empty() && frames < info.samplerate) throw FormatError(concat(name, ": ", problems));
  summarise();
}

void Decoder::State::summarise() {
  report.seconds = static_cast<double>(frames) / info.samplerate;
  if (frames > 0) report.rms = std::sqrt(square_sum / static_cast<double>(frames * info.channels));
  report.warning = problems;
  if (!layout.left_out.empty()) join(report.warning, layout.left_out);
  if (!remarks.empty()) join(report.warning, remarks);
  const std::int64_t samples = frames * info.channels;
  if (samples == 0) {
    join(report.warning, "the file holds no samples");
  } else if (unusable == samples) {
    join(report.warning, concat("none of its ", samples, " samples is finite and in range"));
  }
  if (unusable == samples) throw FormatError(concat(name, ": ", report.warning));
  if (unusable > 0)
    join(report.warning, concat(unusable, " samples are not finite or out of range and count as 0"));
  if (peak > kLouderThanSound) {
    join(report.warning,
         concat("samples of up to ", peak,
                ", where 1 is full scale: the file seems to hold floats at the scale of integers, "
                "which 16-bit copies clip"));
  }
}

Decoder::Decoder(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {
  state_->open();
}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

int Decoder::channels() const {
  return state_->info.channels;
}
int Decoder::sample_rate() const {
  return state_->info.samplerate;
}
std::int64_t Decoder::declared_frames() const {
  return state_->info.frames == kUnknown ? 0 : state_->info.frames;
}
const SourceReport& Decoder::report() const {
  return state_->report;
}
const SourceReport& Decoder::stop() {
  State& s = *state_;
  if (s.finished) return s.report;
  s.finished = true;
  const auto unread = static_cast<std::int64_t>(s.ahead.size() - s.taken) / s.info.channels;
  s.frames += std::exchange(s.part_frames, 0) - unread;
  s.summarise();
  return s.report;
}

std::int64_t Decoder::read(std::span<float> interleaved) {
  State& s = *state_;
  const auto channels = static_cast<std::size_t>(s.info.channels);
  if (s.finished) return 0;
  std::span<float> room = interleaved.first(interleaved.size() / channels * channels);
  const std::size_t ready = std::min(room.size(), s.ahead.size() - s.taken);
  std::ranges::copy(std::span(s.ahead).subspan(s.taken, ready), room.begin());
  s.taken += ready;
  room = room.subspan(ready);
  bool ended = false;
  while (!room.empty() && !ended) {
    room = room.subspan(static_cast<std::size_t>(s.decode(room)) * channels);
    ended = !room.empty() && !s.next_part();
  }
  const auto decoded = interleaved.first(interleaved.size() / channels * channels - room.size());
  for (float& sample : decoded) {
    if (std::abs(sample) <= kLoudest) continue;
    sample = 0;
    ++s.unusable;
  }
  s.count(decoded);
  if (ended) s.finish();
  return static_cast<std::int64_t>(decoded.size() / channels);
}

}  // namespace sonograd::audio
