#include "train/data/clip_check.h"

#include "audio/decode.h"
#include "audio/shard_clip.h"
#include "tensor/support/error.h"
#include "tensor/support/prefetcher.h"

namespace sonograd::train {
namespace {

ClipCheck check_clip(const std::filesystem::path& file) {
  constexpr std::size_t kBlock = 16384;
  ClipCheck check;
  try {
    if (audio::is_shard_clip(file) && !audio::open_shard_clip(file).is_intact())
      throw FormatError(concat(file.string(), ": wrong checksum"));
    audio::Decoder decoder(file);
    check.sample_rate = decoder.sample_rate();
    std::vector<float> block(kBlock * static_cast<std::size_t>(decoder.channels()));
    while (decoder.read(block) > 0) continue;
    check.seconds = decoder.report().seconds;
    (check.seconds > 0 ? check.warning : check.error) = decoder.report().warning;
  } catch (const Error& error) {
    check.error = error.what();
  }
  return check;
}

}  // namespace

std::vector<ClipCheck> check_clips(const LabelsTable& table, std::span<const std::size_t> rows, int threads,
                                   const std::function<bool(std::size_t)>& progress) {
  constexpr std::size_t kAhead = 8;
  Prefetcher<ClipCheck> decoded(0, rows.size(), threads, kAhead,
                                [&](std::size_t i) { return check_clip(table.file(rows[i])); });
  std::vector<ClipCheck> checks;
  while (progress(checks.size()) && checks.size() < rows.size()) {
    checks.push_back(decoded.next());
    checks.back().row = rows[checks.size() - 1];
  }
  return checks;
}

}  // namespace sonograd::train
