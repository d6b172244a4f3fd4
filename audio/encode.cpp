#include "audio/encode.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "audio/ogg_page.h"
#include "audio/pcm.h"
#include "audio/sound_file.h"
#include "tensor/io/atomic_file.h"
#include "tensor/support/error.h"

namespace sonograd::audio {
namespace {

/// Frames passed at a time: the Vorbis encoder of libsndfile copies them to the stack.
constexpr std::int64_t kBlock = 4096;

/// The file while it grows; headers are rewritten at its end, so it is kept in memory.
struct Bytes {
  std::vector<std::byte> data;
  std::size_t position = 0;
};

SF_VIRTUAL_IO memory_callbacks() {
  return {
      .get_filelen =
          [](void* self) { return static_cast<sf_count_t>(static_cast<Bytes*>(self)->data.size()); },
      .seek = [](sf_count_t to, int whence, void* self) -> sf_count_t {
        auto& bytes = *static_cast<Bytes*>(self);
        const std::size_t base = whence == SEEK_SET   ? 0
                                 : whence == SEEK_CUR ? bytes.position
                                                      : bytes.data.size();
        bytes.position = base + static_cast<std::size_t>(to);
        return static_cast<sf_count_t>(bytes.position);
      },
      .read = [](void* out, sf_count_t count, void* self) -> sf_count_t {
        auto& bytes = *static_cast<Bytes*>(self);
        const std::size_t n = std::min(static_cast<std::size_t>(count), bytes.data.size() - bytes.position);
        std::memcpy(out, bytes.data.data() + bytes.position, n);
        bytes.position += n;
        return static_cast<sf_count_t>(n);
      },
      .write = [](const void* in, sf_count_t count, void* self) -> sf_count_t {
        auto& bytes = *static_cast<Bytes*>(self);
        const auto n = static_cast<std::size_t>(count);
        bytes.data.resize(std::max(bytes.data.size(), bytes.position + n));
        std::memcpy(bytes.data.data() + bytes.position, in, n);
        bytes.position += n;
        return count;
      },
      .tell = [](void* self) { return static_cast<sf_count_t>(static_cast<Bytes*>(self)->position); },
  };
}

int sndfile_format(Encoding encoding) {
  switch (encoding) {
    case Encoding::wav_pcm16:
      return SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    case Encoding::wav_float:
      return SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    case Encoding::flac_pcm16:
      return SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
    case Encoding::ogg_vorbis:
      return SF_FORMAT_OGG | SF_FORMAT_VORBIS;
    case Encoding::mp3:
      return SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  }
  throw ConfigError("[encode] unknown encoding");
}

bool is_pcm16(Encoding encoding) {
  return encoding == Encoding::wav_pcm16 || encoding == Encoding::flac_pcm16;
}

sf_count_t write_frames(SNDFILE* file, const float* samples, sf_count_t frames) {
  return sf_writef_float(file, samples, frames);
}
sf_count_t write_frames(SNDFILE* file, const std::int16_t* samples, sf_count_t frames) {
  return sf_writef_short(file, samples, frames);
}

/// libsndfile draws the serial number of a stream at random. One that follows from the bytes makes equal sounds equal files, and
/// keeps different ones apart when they are chained.
void fix_serial(std::span<std::byte> stream) {
  constexpr std::uint32_t kOffset = 2166136261, kPrime = 16777619;  // FNV-1a
  set_ogg_serial(stream, 0);
  std::uint32_t hash = kOffset;
  for (const std::byte byte : stream) hash = (hash ^ static_cast<std::uint32_t>(byte)) * kPrime;
  set_ogg_serial(stream, hash);
}

template <class Sample>
std::vector<std::byte> encode(std::span<const Sample> interleaved, SF_INFO info, const std::string& name) {
  Bytes bytes;
  SF_VIRTUAL_IO callbacks = memory_callbacks();
  int refusal = SF_ERR_NO_ERROR;
  SoundFile file = open_sound_file(callbacks, SFM_WRITE, info, &bytes, refusal);
  if (!file) {
    throw ConfigError(concat(name, ": cannot encode ", info.channels, " channels at ", info.samplerate,
                             " Hz: ", sound_error(refusal)));
  }
  const auto total = static_cast<std::int64_t>(interleaved.size()) / info.channels;
  for (std::int64_t frame = 0; frame < total; frame += kBlock) {
    const std::int64_t count = std::min(kBlock, total - frame);
    if (write_frames(file.get(), interleaved.data() + frame * info.channels, count) != count) {
      throw IoError(concat(name, ": cannot encode: ", sound_error(sf_error(file.get()))));
    }
  }
  file.reset();  // closing writes the final header and the last packets
  if ((info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_OGG) fix_serial(bytes.data);
  return std::move(bytes.data);
}

template <class Sample>
void write(const std::filesystem::path& path, std::span<const Sample> interleaved, int sample_rate,
           Encoding encoding, int channels) {
  const SF_INFO info{.samplerate = sample_rate, .channels = channels, .format = sndfile_format(encoding)};
  const auto bytes = encode(interleaved, info, path.string());
  io::AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace

void write_sound(const std::filesystem::path& path, std::span<const std::int16_t> interleaved,
                 int sample_rate, Encoding encoding, int channels) {
  write(path, interleaved, sample_rate, encoding, channels);
}

void write_sound(const std::filesystem::path& path, std::span<const float> interleaved, int sample_rate,
                 Encoding encoding, int channels) {
  if (!is_pcm16(encoding)) return write(path, interleaved, sample_rate, encoding, channels);
  std::vector<std::int16_t> pcm(interleaved.size());
  to_pcm16(interleaved, pcm);
  write(path, std::span<const std::int16_t>(pcm), sample_rate, encoding, channels);
}

}  // namespace sonograd::audio
