// Labels with times: files of them, and the cells that they are written to.
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"
#include "train/data/segments.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  const auto segments = train::read_segments(file);
  train::overlap(segments);
  train::parse_segments(train::segments_cell(segments), "cell");
}

std::string mutate(std::string_view input, Choices& choices) {
  return mutate_bytes(input, choices);
}

}  // namespace sonograd::fuzz
