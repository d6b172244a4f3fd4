#include "audio/synth/compose.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "audio/synth/figures.h"
#include "audio/synth/grooves.h"

namespace sonograd::audio::synth {
namespace {

struct Loudness {
  float velocity;         // MIDI velocity of an unaccented note
  float lowest, highest;  // level of the clip, dB below full scale
};

// Gaps between the ranges make "quiet" and "loud" audible.
constexpr Loudness loudness_of(Dynamics dynamics) {
  switch (dynamics) {
    case Dynamics::quiet:
      return {56, -34, -29};
    case Dynamics::medium:
      return {82, -23, -19};
    case Dynamics::loud:
      return {106, -14, -12};
  }
  return {};
}

class Composer {
 public:
  Composer(const Style& style, double seconds, Random random);
  Piece compose();

 private:
  template <class T>
  const T& draw(const std::vector<T>& choices) {
    return choices[random_.below(choices.size())];
  }
  Dynamics draw_dynamics();

  void add_layer(const Layer& layer);
  void add_groove(const Groove& groove);
  void play_fill(std::size_t part, const Groove& groove, int bar);
  std::size_t add_part(const Instrument& instrument, int volume);
  void add_note(std::size_t part, int bar, const Hit& hit, int key, double delay = 0);

  /// Strokes in `bar` of a rhythm of one or more bars, their steps counted from the bar's start.
  std::vector<Hit> strokes(const std::vector<Hit>& hits, int rhythm_bars, int bar) const;
  int root(int bar) const { return progression_[bar % progression_.size()] - '1'; }
  double time_of(int bar, int step) const;

  const Style& style_;
  Random random_;
  Piece piece_;
  std::string_view progression_;
  int steps_per_bar_;
  double step_seconds_;
  int bars_;
};

Composer::Composer(const Style& style, double seconds, Random random)
    : style_(style), random_(random), piece_{.style = &style, .seconds = seconds} {
  piece_.tempo = random_.uniform(style.slowest, style.fastest);
  const bool minor = random_.below(2) == 1;
  piece_.key = {.tonic = 60 + static_cast<int>(random_.below(12)),
                .scale = draw(minor ? style.minor_scales : style.major_scales)};
  progression_ = draw(minor ? style.minor_progressions : style.major_progressions);
  piece_.dynamics = draw_dynamics();
  const Loudness loudness = loudness_of(piece_.dynamics);
  piece_.level = random_.uniform(loudness.lowest, loudness.highest);

  steps_per_bar_ = style.beats_per_bar * kStepsPerBeat;
  step_seconds_ = 60.0 / piece_.tempo / kStepsPerBeat;
  bars_ = static_cast<int>(std::ceil(seconds / (step_seconds_ * steps_per_bar_)));
}

Piece Composer::compose() {
  for (const Layer& layer : style_.layers) {
    if (random_.uniform() < layer.presence) add_layer(layer);
  }
  if (!style_.grooves.empty()) add_groove(find_groove(draw(style_.grooves)));
  std::ranges::stable_sort(piece_.notes, {}, &Note::start);
  for (int bar = 0; bar < bars_; ++bar) {
    const int pitch = piece_.key.pitch(root(bar));
    piece_.chords.push_back({time_of(bar, 0), pitch % 12, piece_.key.pitch(root(bar) + 2) - pitch});
  }
  return std::move(piece_);
}

Dynamics Composer::draw_dynamics() {
  const float level = random_.uniform();
  if (level < style_.quiet) return Dynamics::quiet;
  return level < style_.quiet + style_.loud ? Dynamics::loud : Dynamics::medium;
}

void Composer::add_layer(const Layer& layer) {
  constexpr double kStrumDelay = 0.012;  // seconds from string to string
  const Instrument& instrument = find_instrument(draw(layer.instruments));
  const std::string_view rhythm = draw(layer.rhythms);
  const std::vector<Hit> hits = parse_rhythm(rhythm);
  const int rhythm_bars = static_cast<int>(rhythm.size()) / steps_per_bar_;
  const std::size_t part = add_part(instrument, layer.volume);
  FigurePlayer player(layer.figure, piece_.key, instrument.center + layer.shift, style_.chord_size, random_);
  for (int bar = 0; bar < bars_; ++bar) {
    const std::vector<Hit> bar_hits = strokes(hits, rhythm_bars, bar);
    const int count = static_cast<int>(bar_hits.size());
    for (int index = 0; index < count; ++index) {
      const Hit& hit = bar_hits[index];
      double delay = 0;
      for (const int key : player.play({bar, index, count, hit.accent, root(bar), root(bar + 1)})) {
        add_note(part, bar, hit, key, delay);
        if (layer.figure == Figure::strum) delay += kStrumDelay;
      }
    }
  }
}

void Composer::add_groove(const Groove& groove) {
  constexpr int kVolume = 100;
  const std::size_t part = add_part(find_instrument(groove.instrument), kVolume);
  for (int bar = 0; bar < bars_; ++bar) {
    const bool fill = bar % kBarsPerPhrase == kBarsPerPhrase - 1;
    const int groove_steps = fill ? steps_per_bar_ - kStepsPerBeat : steps_per_bar_;
    for (const DrumLine& line : groove.lines) {
      for (const Hit& hit : parse_rhythm(line.rhythm)) {
        if (hit.step < groove_steps) add_note(part, bar, hit, line.key);
      }
    }
    if (fill) play_fill(part, groove, bar);
  }
}

void Composer::play_fill(std::size_t part, const Groove& groove, int bar) {
  for (int step = 0; step < kStepsPerBeat; ++step) {
    const Hit hit{steps_per_bar_ - kStepsPerBeat + step, 1, step == 0};
    add_note(part, bar, hit, groove.fill[step % groove.fill.size()]);
  }
}

std::size_t Composer::add_part(const Instrument& instrument, int volume) {
  const int index = static_cast<int>(piece_.parts.size());
  const int melodic_channel = index < kPercussionChannel ? index : index + 1;
  piece_.parts.push_back({.instrument = &instrument,
                          .channel = instrument.percussive() ? kPercussionChannel : melodic_channel,
                          .program = instrument.percussive() ? style_.drum_kit : instrument.program,
                          .volume = volume});
  return piece_.parts.size() - 1;
}

void Composer::add_note(std::size_t part, int bar, const Hit& hit, int key, double delay) {
  constexpr float kAccent = 13, kSwell = 8, kSpread = 4;
  constexpr double kArticulation = 0.95;  // sounding share of a note's length
  constexpr double kShortest = 0.05;      // seconds; a note that starts later is not audible
  const double jitter = style_.looseness * random_.normal();
  const double start = std::max(0.0, time_of(bar, hit.step) + jitter + delay);
  const double phrase = (bar % kBarsPerPhrase + hit.step / double(steps_per_bar_)) / kBarsPerPhrase;
  const double velocity = loudness_of(piece_.dynamics).velocity + (hit.accent ? kAccent : 0) +
                          kSwell * std::sin(std::numbers::pi * phrase) + kSpread * random_.normal();
  if (start > piece_.seconds - kShortest) return;
  piece_.notes.push_back({.start = start,
                          .duration = kArticulation * hit.length * step_seconds_,
                          .part = part,
                          .key = key,
                          .velocity = std::clamp(static_cast<int>(velocity), 20, 127)});
}

std::vector<Hit> Composer::strokes(const std::vector<Hit>& hits, int rhythm_bars, int bar) const {
  const int first = bar % rhythm_bars * steps_per_bar_;
  std::vector<Hit> result;
  for (Hit hit : hits) {
    hit.step -= first;
    if (hit.step >= 0 && hit.step < steps_per_bar_) result.push_back(hit);
  }
  return result;
}

double Composer::time_of(int bar, int step) const {
  const double beat = step % kStepsPerBeat / double(kStepsPerBeat);
  const double off_beat = 0.5 + style_.swing / 6;  // start of the second eighth, in beats
  const double swung = beat < 0.5 ? beat * 2 * off_beat : off_beat + (beat - 0.5) * 2 * (1 - off_beat);
  const int whole_beats = bar * style_.beats_per_bar + step / kStepsPerBeat;
  return (whole_beats + swung) * kStepsPerBeat * step_seconds_;
}

}  // namespace

Piece compose(const Style& style, double seconds, Random random) {
  return Composer(style, seconds, random).compose();
}

}  // namespace sonograd::audio::synth
