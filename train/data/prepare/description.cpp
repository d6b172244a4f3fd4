#include "train/data/prepare/description.h"

#include <nlohmann/json.hpp>
#include <span>

#include "audio/decode.h"
#include "audio/shard_index.h"
#include "tensor/io/json.h"
#include "tensor/io/sha256.h"
#include "tensor/io/text_file.h"
#include "tensor/support/error.h"

namespace sonograd::train {
namespace {

constexpr int kPreparedFormat = 1;
constexpr std::size_t kMaxPreparedBytes = std::size_t{1} << 20;
constexpr std::size_t kOriginDigits = 16;

std::string sha256_of_text(std::string_view text) {
  io::Sha256 hash;
  hash.add(std::as_bytes(std::span(text)));
  return hash.digest();
}

std::string hash_of_clips(const SetClips& set) {
  io::Sha256 hash;
  const auto add = [&](std::string_view text) {
    hash.add(std::as_bytes(std::span(text)));
    hash.add(std::as_bytes(std::span("", 1)));
  };
  for (const std::string& column : set.columns) add(column);
  for (const SetClip& clip : set.clips) {
    add(clip.path);
    add(clip.key);
    for (const std::string& cell : clip.cells) add(cell);
    add(concat(clip.seconds, ' ', clip.least_seconds));
  }
  return hash.digest();
}

}  // namespace

PreparationDescription PreparationDescription::of(std::string_view data_set, const SetRequest& request,
                                                  const SetClips& clips, int sample_rate, int shard_mib) {
  return {.data_set = std::string(data_set),
          .subset = request.subset,
          .split = request.split,
          .sample_rate = sample_rate,
          .shard_mib = shard_mib,
          .clips = clips.clips.size(),
          .clips_hash = hash_of_clips(clips),
          .decoder = audio::decoder_version()};
}

std::string PreparationDescription::format() const {
  const nlohmann::ordered_json object = {{"sonograd_prepared", kPreparedFormat},
                                         {"data_set", data_set},
                                         {"subset", subset},
                                         {"split", split},
                                         {"sample_rate", sample_rate},
                                         {"shard_mib", shard_mib},
                                         {"clips", clips},
                                         {"clips_sha256", clips_hash},
                                         {"decoder", decoder}};
  return object.dump(2) + '\n';
}

PreparationDescription PreparationDescription::read(const std::filesystem::path& file) {
  const std::string text = io::read_text_file(file, kMaxPreparedBytes);
  try {
    const auto object = io::parse_json(text);
    const auto word = [&](const char* key) {
      if (!object.is_object() || !object.contains(key) || !object.at(key).is_string())
        throw FormatError(concat("there is no text ", key));
      return object.at(key).template get<std::string>();
    };
    const auto format = io::number_in<int>(object, "sonograd_prepared", {.min = 1, .max = 1e9});
    if (format != kPreparedFormat)
      throw FormatError(
          concat("prepared by a later version, format ", format, "; this one reads ", kPreparedFormat));
    return {.data_set = word("data_set"),
            .subset = word("subset"),
            .split = word("split"),
            .sample_rate = io::number_in<int>(object, "sample_rate",
                                              {.min = audio::kMinSampleRate, .max = audio::kMaxSampleRate}),
            .shard_mib = io::number_in<int>(object, "shard_mib", {.min = 1, .max = 1024}),
            .clips = io::number_in<std::size_t>(object, "clips", {.min = 1, .max = 1e12}),
            .clips_hash = word("clips_sha256"),
            .decoder = word("decoder")};
  } catch (const FormatError& error) {
    throw FormatError(concat(file.string(), ": ", error.what()));
  }
}

std::string PreparationDescription::difference(const PreparationDescription& other) const {
  const auto differ = [](const char* name, const auto& here, const auto& there) {
    return concat(name, " '", here, "', now it is '", there, "'");
  };
  if (data_set != other.data_set) return differ("the data set", data_set, other.data_set);
  if (subset != other.subset) return differ("--subset", subset, other.subset);
  if (split != other.split) return differ("--split", split, other.split);
  if (sample_rate != other.sample_rate) return differ("--sample-rate", sample_rate, other.sample_rate);
  if (shard_mib != other.shard_mib) return differ("--shard-size", shard_mib, other.shard_mib);
  if (decoder != other.decoder) return differ("the decoder", decoder, other.decoder);
  if (clips != other.clips || clips_hash != other.clips_hash) {
    return concat("another table: ", clips, " clips, now there are ", other.clips,
                  "; the data set has changed, or was not copied completely");
  }
  return "";
}

std::string PreparationDescription::origin() const {
  return sha256_of_text(format()).substr(0, kOriginDigits);
}

std::string resampling_warning(const std::filesystem::path& folder, int sample_rate) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / audio::kPreparedName, ignored)) return "";
  const int prepared = PreparationDescription::read(folder / audio::kPreparedName).sample_rate;
  if (prepared == sample_rate) return "";
  return concat(folder.string(), ": prepared at ", prepared, " Hz, the model takes ", sample_rate,
                " Hz: clips are resampled whenever they are read; data prepare --sample-rate ", sample_rate,
                " avoids that");
}

}  // namespace sonograd::train
