// Labels with times of a composed clip.
#pragma once

#include <string>
#include <vector>

#include "audio/synth/piece.h"
#include "tensor/support/words.h"

namespace sonograd::audio::synth {

/// Kind of the labels with times: none, the chord of the progression in each bar (`C:maj`, `A:min`; by the third above its root, which
/// not every style plays), or whether a vocal instrument sounds (`sing`, `nosing`; rests of less than 0.25 s count as sung).
enum class TimedLabels { none, chords, singing };

/// A stretch of the clip.
struct TimedLabelSpan {
  double begin = 0, end = 0;  ///< seconds, within the clip
  std::string label;
};

/// The stretches of a piece: in order of time, each where the one before ends, from the beginning of the clip to its end. `kind` is not
/// `none`.
std::vector<TimedLabelSpan> timed_labels_of(const Piece& piece, TimedLabels kind);

}  // namespace sonograd::audio::synth

namespace sonograd {

template <>
inline constexpr auto kWords<audio::synth::TimedLabels> =
    std::to_array<Word<audio::synth::TimedLabels>>({{"none", audio::synth::TimedLabels::none},
                                                    {"chords", audio::synth::TimedLabels::chords},
                                                    {"singing", audio::synth::TimedLabels::singing}});

}  // namespace sonograd
