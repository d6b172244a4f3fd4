#include "audio/synth/timed_labels.h"

#include <algorithm>
#include <array>

namespace sonograd::audio::synth {
namespace {

constexpr double kShortestRest = 0.25;  // seconds
constexpr std::array<const char*, 12> kPitchClasses = {"C",  "C#", "D",  "D#", "E",  "F",
                                                       "F#", "G",  "G#", "A",  "A#", "B"};
constexpr int kMinorThird = 3;

/// Appends a stretch up to `end`, or makes the last one longer when it has the same label.
void extend(std::vector<TimedLabelSpan>& spans, double end, const std::string& label) {
  const double begin = spans.empty() ? 0 : spans.back().end;
  if (end <= begin) return;
  if (!spans.empty() && spans.back().label == label) {
    spans.back().end = end;
  } else {
    spans.push_back({begin, end, label});
  }
}

std::vector<TimedLabelSpan> chords_of(const Piece& piece) {
  std::vector<TimedLabelSpan> spans;
  for (std::size_t i = 0; i < piece.chords.size(); ++i) {
    const Chord& chord = piece.chords[i];
    const bool is_last = i + 1 == piece.chords.size();
    extend(spans, is_last ? piece.seconds : std::min(piece.seconds, piece.chords[i + 1].start),
           concat(kPitchClasses[static_cast<std::size_t>(chord.root)],
                  chord.third == kMinorThird ? ":min" : ":maj"));
  }
  return spans;
}

std::vector<TimedLabelSpan> singing_of(const Piece& piece) {
  std::vector<TimedLabelSpan> spans;
  for (const Note& note : piece.notes) {
    if (!piece.parts[note.part].instrument->vocal()) continue;
    const double last = spans.empty() ? 0 : spans.back().end;
    const bool is_rest = note.start - last >= kShortestRest || spans.empty();
    if (is_rest) extend(spans, note.start, "nosing");
    extend(spans, std::min(piece.seconds, note.start + note.duration), "sing");
  }
  extend(spans, piece.seconds, "nosing");
  return spans;
}

}  // namespace

std::vector<TimedLabelSpan> timed_labels_of(const Piece& piece, TimedLabels kind) {
  return kind == TimedLabels::chords ? chords_of(piece) : singing_of(piece);
}

}  // namespace sonograd::audio::synth
