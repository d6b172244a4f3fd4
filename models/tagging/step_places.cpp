#include "models/tagging/step_places.h"

#include <algorithm>

#include "models/core/model_error.h"

namespace sonograd::models {

std::int64_t steps_of(const Network& network) {
  for (const OutputInfo& output : network.outputs())
    if (output.name == kStepLogits) return output.shape[0];
  return 0;
}

std::int64_t require_steps(const Network& network) {
  const std::int64_t steps = steps_of(network);
  if (steps > 0) return steps;
  throw ModelError(concat("the network has no output ", kStepLogits, "; labels with times (the column ",
                          "segments) require one that has: `sonograd models NAME` lists outputs"));
}

std::int64_t steps_over_time(const Network& network, const ChunkRule& rule) {
  const bool is_tiled = rule.count == 0 && rule.hop == rule.length && rule.ends.context == 0;
  return is_tiled ? steps_of(network) : 0;
}

std::vector<StepPlace> step_places(const ChunkRule& rule, std::int64_t samples, std::int64_t steps) {
  std::vector<StepPlace> places;
  std::int64_t end = 0;
  std::size_t row = 0;
  for (const audio::Chunk& chunk : rule.positions(samples)) {
    for (std::int64_t step = 0; step < steps; ++step, ++row) {
      const std::int64_t first = chunk.start + step * rule.length / steps,
                         behind = chunk.start + (step + 1) * rule.length / steps;
      if (behind <= end || first >= std::max<std::int64_t>(1, samples)) continue;
      places.push_back({row, {std::max(first, end), behind - std::max(first, end)}});
      end = behind;
    }
  }
  return places;
}

}  // namespace sonograd::models
