#include "audio/synth/figures.h"

#include <cstdlib>

namespace sonograd::audio::synth {

FigurePlayer::FigurePlayer(Figure figure, const Key& key, int center, int chord_size, Random& random)
    : figure_(figure), key_(key), center_(center), chord_size_(chord_size) {
  // Mostly steps, some repeats and leaps: the interval statistics of singable melodies.
  constexpr std::array<int, 10> kMoves = {-1, 1, -1, 1, -1, 1, 0, 2, -2, 3};
  for (auto& bar : motif_) {
    for (int& move : bar) move = kMoves[random.below(kMoves.size())];
  }
}

std::vector<int> FigurePlayer::play(const Stroke& stroke) {
  switch (figure_) {
    case Figure::block:
    case Figure::strum:
      return chord(stroke.root);
    case Figure::power: {
      const int root = key_.nearest_degree(bass(stroke.root));
      return {key_.pitch(root), key_.pitch(root + 4), key_.pitch(root + 7)};
    }
    case Figure::arpeggio:
      return {arpeggio(stroke)};
    case Figure::root:
      return {bass(stroke.root)};
    case Figure::root_fifth:
      return {bass(stroke.root + (stroke.index % 2 == 0 ? 0 : 4))};
    case Figure::octaves:
      return {bass(stroke.root) + (stroke.index % 2 == 0 ? 0 : 12)};
    case Figure::walking:
      return {walking(stroke)};
    case Figure::drone:
      return voicing(key_, {0, 4}, center_);
    case Figure::tune:
      return {tune(stroke)};
  }
  return {};
}

std::vector<int> FigurePlayer::chord(int root) const {
  return voicing(key_, chord_degrees(root, chord_size_), center_);
}

int FigurePlayer::bass(int degree) const {
  return nearest_octave(key_.pitch(degree), center_);
}

int FigurePlayer::arpeggio(const Stroke& stroke) const {
  std::vector<int> keys = chord(stroke.root);
  keys.push_back(keys.front() + 12);
  const int top = static_cast<int>(keys.size()) - 1;
  return keys[top - std::abs(top - stroke.index % (2 * top))];
}

// Chord notes first, then steps towards the next bar's root from the side of the line.
int FigurePlayer::walking(const Stroke& stroke) const {
  constexpr std::array<int, 4> kTurn = {0, 2, 4, 2};
  const int from = key_.nearest_degree(bass(stroke.root));
  const int to = key_.nearest_degree(bass(stroke.next_root));
  if (2 * stroke.index < stroke.count) return key_.pitch(from + kTurn[stroke.index % kTurn.size()]);
  return key_.pitch(to + (from > to ? 1 : -1) * (stroke.count - stroke.index));
}

int FigurePlayer::tune(const Stroke& stroke) {
  constexpr std::array<int, kBarsPerPhrase> kForm = {0, 1, 0, 2};
  constexpr int kReach = 9;  // semitones from the centre before the line turns back
  const int bar = stroke.bar % kBarsPerPhrase;
  if (bar == 0 && stroke.index == 0) {
    degree_ = nearest_chord_degree(stroke.root, key_.nearest_degree(center_));
    return key_.pitch(degree_);
  }
  const int move = motif_[kForm[bar]][stroke.index % kMotifStrokes];
  const int distance = key_.pitch(degree_ + move) - center_;
  degree_ += std::abs(distance) > kReach ? -move : move;
  const bool cadence = bar == kBarsPerPhrase - 1 && stroke.index == stroke.count - 1;
  if (stroke.accent || cadence) degree_ = nearest_chord_degree(stroke.root, degree_);
  return key_.pitch(degree_);
}

// The nearest degree of the triad on `root`: it is at most one scale step away.
int FigurePlayer::nearest_chord_degree(int root, int degree) const {
  const int above_root = ((degree - root) % 7 + 7) % 7;
  const bool in_triad = above_root == 0 || above_root == 2 || above_root == 4;
  return in_triad ? degree : above_root == 5 ? degree - 1 : degree + 1;
}

}  // namespace sonograd::audio::synth
