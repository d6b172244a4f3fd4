// One clip of a data set on its way into a shard.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "audio/load.h"
#include "train/data/sets/registry.h"

namespace sonograd::train {

/// The samples of a clip, or the reason for which it goes into no shard.
struct DecodedClip {
  audio::Clip<std::int16_t> clip;
  std::string problem;       ///< empty: there is none
  bool is_left_out = false;  ///< by a rule of the data set; otherwise it cannot be read
};

/// Size of a file; -1: there is none.
std::int64_t bytes_of(const std::filesystem::path& file);

/// Decodes the clip to mono at `sample_rate` Hz. Its problem does not contain the folder, so that it is the same on every machine.
DecodedClip decode_clip(const SetClips& set, const SetClip& clip, int sample_rate);

/// The text of KEY.json: path, rate, length, and the columns of the clip; tags as a list.
std::string json_of_clip(const SetClips& set, const SetClip& clip, const audio::Clip<std::int16_t>& decoded);

}  // namespace sonograd::train
