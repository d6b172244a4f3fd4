// An explanation of the score of one label for a clip: a map of contributions by one method, and the curve that checks it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/core/model.h"
#include "models/explain/clip_map.h"
#include "models/explain/deletion.h"
#include "models/tagging/chunk_source.h"
#include "tensor/support/words.h"

namespace sonograd::models {

enum class ExplainMethod : std::uint8_t {
  integrated,  ///< integrated gradients
  gradient,    ///< gradient x input
  occlusion,
  rollout,  ///< attention roll-out: the weights of the class token, the same for every label
  tagwise,  ///< log-odds with the attention of the last block on one token, less those without attention
};

/// Values that stand for the absence of sound.
enum class Baseline : std::uint8_t {
  mean,     ///< mean of the input over time, per band
  silence,  ///< input of a chunk of zeros
};

/// Methods for a network, in the order of the words.
std::vector<ExplainMethod> methods_for(const Network& network);

struct ExplainOptions {
  ExplainMethod method = ExplainMethod::integrated;
  std::int64_t label = 0;
  Baseline baseline = Baseline::mean;
  int steps = 32;                      ///< of integrated gradients
  std::int64_t times = 16, bands = 4;  ///< cells of a chunk; methods for tokens and waveforms have one band
  DeletionOptions deletion;            ///< with 0 steps there is no curve
};

struct ClipExplanation {
  ClipMap map;
  double score = 0;              ///< mean of the chunks, in [0, 1]
  double log_odds = 0;           ///< sum over the chunks, as all that follow
  double baseline_log_odds = 0;  ///< log-odds of the baseline; for tagwise: without attention; for rollout: 0
  double sum = 0;                ///< contributions
  std::size_t chunks = 0;
  std::optional<DeletionCurve> deletion;
};

/// Inputs that go through the network for an explanation of `chunks` chunks, for a display of progress.
std::int64_t inputs_to_explain(const ExplainOptions& options, const Network& network, std::int64_t chunks);

/// Explains the clip with these samples, at the sample rate of `rule` and at least one of them; `rule` has no `count`. Throws
/// ConfigError for a method that the network lacks, naming those that it has; FormatError for outputs or contributions that are not
/// finite; and whatever `done` throws.
ClipExplanation explain_clip(const Model& model, std::span<const float> samples, const ChunkRule& rule,
                             const ExplainOptions& options, const InputsDone& done = {});

}  // namespace sonograd::models

namespace sonograd {

template <>
inline constexpr auto kWords<models::ExplainMethod> =
    std::to_array<Word<models::ExplainMethod>>({{"integrated", models::ExplainMethod::integrated},
                                                {"gradient", models::ExplainMethod::gradient},
                                                {"occlusion", models::ExplainMethod::occlusion},
                                                {"rollout", models::ExplainMethod::rollout},
                                                {"tagwise", models::ExplainMethod::tagwise}});
template <>
inline constexpr auto kWords<models::Baseline> = std::to_array<Word<models::Baseline>>(
    {{"mean", models::Baseline::mean}, {"silence", models::Baseline::silence}});

}  // namespace sonograd
