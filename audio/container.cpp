#include "audio/container.h"

#include <algorithm>
#include <string_view>

#include "audio/mpeg_frame.h"

namespace sonograd::audio {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  const char* container;
};

// Formats that libsndfile does not read.
constexpr Magic kForeign[] = {
    {4, "ftyp"sv, "mov"},
    {0, "\xFF\xF1"sv, "aac"},
    {0, "\xFF\xF9"sv, "aac"},
    {0, "ADIF"sv, "aac"},
    {0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, "asf"},
    {0, "\x1A\x45\xDF\xA3"sv, "matroska"},
    {0, "wvpk"sv, "wv"},
    {0, "MAC "sv, "ape"},
    {0, "TTA1"sv, "tta"},
    {0, "MPCK"sv, "mpc8"},
    {0, "MP+"sv, "mpc"},
    {0, "tBaK"sv, "tak"},
    {0, "DSD "sv, "dsf"},
    {0, "FRM8"sv, "iff"},
    {0, "#!AMR"sv, "amr"},
    {0, "FLV\x01"sv, "flv"},
    {0, ".RMF"sv, "rm"},
    {0, "\x0B\x77"sv, "ac3"},
    {0, "\x00\x00\x01\xBA"sv, "mpeg"},
    {8, "AVI "sv, "avi"},
};

// Formats of which libsndfile reads some: FLAC in Ogg, ALAC in CAF and codecs in WAV are among those that it may not.
constexpr Magic kShared[] = {
    {0, "OggS"sv, "ogg"},  {0, "caff"sv, "caf"},  {0, "RIFF"sv, "wav"},
    {0, "RF64"sv, "wav"},  {0, "FORM"sv, "aiff"}, {0, ".snd"sv, "au"},
    {0, "fLaC"sv, "flac"}, {0, "riff"sv, "w64"},  {0, "Creative Voice File"sv, "voc"},
};

constexpr int kAgreeingFrames = 3;

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

const char* container_of(std::span<const Magic> magics, std::span<const unsigned char> head) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  const auto magic = std::ranges::find_if(magics, [&](const Magic& candidate) {
    return text.size() > candidate.offset && text.substr(candidate.offset).starts_with(candidate.bytes);
  });
  return magic == magics.end() ? nullptr : magic->container;
}

}  // namespace

const char* ffmpeg_container(std::span<const unsigned char> head) {
  // Packets of a transport stream begin with the same byte.
  constexpr std::size_t kPacket = 188;
  constexpr unsigned char kSync = 0x47;
  if (head.size() > 2 * kPacket && head[0] == kSync && head[kPacket] == kSync && head[2 * kPacket] == kSync)
    return "mpegts";
  return container_of(kForeign, head);
}

const char* shared_container(std::span<const unsigned char> head) {
  return container_of(kShared, head);
}

std::string_view container_words(std::string_view container) {
  return container == "mov" ? "m4a or mp4" : container;
}

std::optional<std::size_t> find_mp3_stream(std::span<const unsigned char> head) {
  for (std::size_t offset = 0; offset + kMp3HeaderBytes <= head.size(); ++offset) {
    if (starts_mp3(head.subspan(offset))) return offset;
  }
  return std::nullopt;
}

}  // namespace sonograd::audio
