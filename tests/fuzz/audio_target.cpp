// Sound files: libsndfile, mix-down and resampling. ffmpeg runs in a process of its own, which is not searched.
#include "audio/container.h"
#include "audio/file_input.h"
#include "audio/load.h"
#include "tests/fuzz/fuzz_target.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  constexpr std::size_t kHeadBytes = 64;
  constexpr audio::LoadLimits kLimits{.max_bytes = std::size_t{4} << 20};
  if (audio::ffmpeg_container(audio::FileInput(file).head(kHeadBytes)) != nullptr) return;
  audio::load_mono_pcm16(file, 16000, kLimits);
}

}  // namespace sonograd::fuzz
