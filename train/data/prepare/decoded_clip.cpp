#include "train/data/prepare/decoded_clip.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/prepare/description.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

/// A shard has room for the largest clip, its JSON and the blocks around them.
constexpr std::size_t kMaxClipBytes = kMaxShardBytes - (std::size_t{1} << 20);

/// A message without the file at its beginning.
std::string without_file(std::string_view message, const fs::path& file) {
  const std::string beginning = file.string() + ": ";
  if (message.starts_with(beginning)) message.remove_prefix(beginning.size());
  return std::string(message);
}

nlohmann::ordered_json tag_list(std::string_view cell) {
  auto list = nlohmann::ordered_json::array();
  while (!cell.empty()) {
    const std::size_t comma = std::min(cell.find(','), cell.size());
    list.push_back(std::string(trim(cell.substr(0, comma))));
    cell.remove_prefix(std::min(comma + 1, cell.size()));
  }
  return list;
}

}  // namespace

std::int64_t bytes_of(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(file, error);
  return error ? -1 : static_cast<std::int64_t>(bytes);
}

DecodedClip decode_clip(const SetClips& set, const SetClip& clip, int sample_rate) {
  const fs::path file = set.folder / clip.path;
  DecodedClip decoded;
  try {
    decoded.clip = audio::load_mono_pcm16(file, sample_rate, {.max_bytes = kMaxClipBytes});
    if (decoded.clip.samples.empty()) decoded.problem = "the file holds no samples";
  } catch (const Error& error) {
    decoded.problem = without_file(error.what(), file);
  }
  const double seconds = static_cast<double>(decoded.clip.samples.size()) / sample_rate;
  if (decoded.problem.empty() && seconds < clip.least_seconds) {
    decoded.problem = fmt::format("{:.3f} s, shorter than {} s", seconds, clip.least_seconds);
    decoded.is_left_out = true;
  }
  if (!decoded.problem.empty()) decoded.clip = {};
  return decoded;
}

std::string json_of_clip(const SetClips& set, const SetClip& clip, const audio::Clip<std::int16_t>& decoded) {
  nlohmann::ordered_json object = {{"key", clip.key},
                                   {"path", clip.path},
                                   {"sample_rate", decoded.sample_rate},
                                   {"samples", decoded.samples.size()}};
  for (std::size_t column = 0; column < set.columns.size(); ++column) {
    const std::string text = to_utf8_lossy(clip.cells[column]);
    if (set.columns[column] == "tags") {
      object["tags"] = tag_list(text);
    } else {
      object[set.columns[column]] = text;
    }
  }
  if (decoded.clipped > 0) object["clipped"] = decoded.clipped;
  if (!decoded.warning.empty()) object["warning"] = to_utf8_lossy(decoded.warning);
  return object.dump() + '\n';
}

}  // namespace sonograd::train
