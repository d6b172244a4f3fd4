// Sound files: the layout of streams, libsndfile, mix-down and resampling. ffmpeg runs in a process of its own, which is not
// searched.
#include <cstdlib>

#include "audio/load.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  constexpr audio::LoadLimits kLimits{.max_bytes = std::size_t{4} << 20};
  static const int no_ffmpeg = setenv("PATH", "/nonexistent", 1);
  static_cast<void>(no_ffmpeg);
  audio::load_mono_pcm16(file, 16000, kLimits);
}

std::string mutate(std::string_view input, Choices& choices) {
  return mutate_bytes(input, choices);
}

}  // namespace sonograd::fuzz
