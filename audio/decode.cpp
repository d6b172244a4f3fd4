#include "audio/decode.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string_view>

#include "audio/container.h"
#include "audio/ffmpeg.h"
#include "audio/file_input.h"

namespace sonograd::audio {
namespace {

constexpr sf_count_t kUnknown = SF_COUNT_MAX;
/// Frames that an mp3 may lack of the number that it declares: a codec delay and one granule at either end.
constexpr sf_count_t kMp3Slack = 2400;
/// Longest header without samples; a longer file that declares no samples was not finished by its writer.
constexpr std::int64_t kMaxHeaderBytes = 64 << 10;
/// Largest sample: beyond float files with the full scale of 32-bit integers, and far below an overflow in a spectrum.
constexpr float kLoudest = 0x1p32f;
/// Bytes at the beginning of a file in which the start of an mp3 stream is searched.
constexpr std::size_t kSearchedBytes = 256 << 10;

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

struct Decoder::State {
  explicit State(const std::filesystem::path& path) : name(path.string()), input(path) {}

  void open(const std::filesystem::path& path);
  void check_header() const;
  std::string damage();
  void finish();

  std::string name;
  FileInput input;
  std::optional<FfmpegProcess> ffmpeg;
  SoundFile file;
  SF_INFO info{};
  std::int64_t frames = 0;
  std::int64_t unusable = 0;
  double square_sum = 0;
  bool finished = false;
  SourceReport report;
};

void Decoder::State::open(const std::filesystem::path& path) {
  if (input.size() == 0) throw FormatError(concat(name, ": the file is empty"));
  const auto head = input.head(kSearchedBytes);
  if (const char* container = ffmpeg_container(head)) {
    ffmpeg.emplace(path, container);
    file.reset(sf_open_fd(ffmpeg->output(), SFM_READ, &info, SF_FALSE));
    if (!file)
      throw FormatError(concat(name, ": ffmpeg finds no sound in this file of kind '", container, "'"));
    return;
  }
  file = input.open(0, info);
  if (file) return;
  const std::string reason = sf_strerror(nullptr);
  if (const auto offset = find_mp3_stream(head)) file = input.open(static_cast<std::int64_t>(*offset), info);
  if (!file) throw FormatError(concat(name, ": not a sound file that can be read: ", reason));
}

void Decoder::State::check_header() const {
  if ((info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_SDS) {
    // libsndfile returns minutes of invented sound behind the end of a damaged one, and prints on stdout.
    throw FormatError(concat(name, ": MIDI sample dumps are not supported"));
  }
  if (info.channels < 1 || info.channels > kMaxChannels) {
    throw FormatError(concat(name, ": expected 1 to ", kMaxChannels, " channels, got ", info.channels));
  }
  if (info.samplerate < 1 || info.samplerate > kMaxSampleRate) {
    throw FormatError(
        concat(name, ": expected a sample rate of 1 to ", kMaxSampleRate, " Hz, got ", info.samplerate));
  }
}

/// Reason for which the file was not read to its intended end; empty: it was.
std::string Decoder::State::damage() {
  const int format = info.format & SF_FORMAT_TYPEMASK;
  if (ffmpeg) return ffmpeg->succeeded() ? "" : "ffmpeg stopped at an error";
  if (sf_error(file.get()) != SF_ERR_NO_ERROR) return concat("damaged: ", sf_strerror(file.get()));
  if (info.frames == 0 && input.size() > kMaxHeaderBytes) {
    return concat("no samples declared, though the file has ", input.size(), " bytes");
  }
  if (format == SF_FORMAT_OGG && (info.frames == kUnknown || !ends_ogg_stream(input.tail(kMostOggPageBytes))))
    return "cut short: the end of the stream is missing";
  if (info.frames == kUnknown) return "";
  if (frames + (format == SF_FORMAT_MPEG ? kMp3Slack : 0) < info.frames) {
    return concat("damaged or cut short: ", info.frames, " frames declared, ", frames, " decoded");
  }
  return shortened_chunk(file.get());
}

void Decoder::State::finish() {
  finished = true;
  report.seconds = static_cast<double>(frames) / info.samplerate;
  if (frames > 0) report.rms = std::sqrt(square_sum / static_cast<double>(frames * info.channels));
  report.warning = damage();
  if (!report.warning.empty() && frames < info.samplerate)
    throw FormatError(concat(name, ": ", report.warning));
  if (frames == 0) join(report.warning, "the file holds no samples");
  if (unusable > 0)
    join(report.warning, concat(unusable, " samples are not finite or out of range and count as 0"));
}

Decoder::Decoder(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {
  state_->open(path);
  state_->check_header();
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

std::int64_t Decoder::read(std::span<float> interleaved) {
  State& s = *state_;
  const std::int64_t capacity = static_cast<std::int64_t>(interleaved.size()) / s.info.channels;
  if (s.finished) return 0;
  std::int64_t got = 0;
  while (got < capacity) {
    const sf_count_t more =
        sf_readf_float(s.file.get(), interleaved.data() + got * s.info.channels, capacity - got);
    if (more <= 0) break;
    got += more;
  }
  for (float& sample : interleaved.first(static_cast<std::size_t>(got * s.info.channels))) {
    if (!(std::abs(sample) <= kLoudest)) {
      sample = 0;
      ++s.unusable;
    }
    s.square_sum += double{sample} * sample;
  }
  s.frames += got;
  if (got < capacity) s.finish();
  return got;
}

}  // namespace sonograd::audio
