#include "audio/synth/theory.h"

#include <algorithm>
#include <cstdlib>

#include "tensor/support/error.h"

namespace sonograd::audio::synth {
namespace {

int floor_divide(int a, int b) {
  return a / b - (a % b < 0);
}

}  // namespace

int Key::pitch(int degree) const {
  const int octave = floor_divide(degree, 7);
  return tonic + 12 * octave + scale.semitones[degree - 7 * octave];
}

int Key::nearest_degree(int target) const {
  int degree = 7 * floor_divide(target - tonic, 12);
  while (std::abs(pitch(degree + 1) - target) < std::abs(pitch(degree) - target)) ++degree;
  return degree;
}

std::vector<int> chord_degrees(int root, int size) {
  std::vector<int> degrees(size);
  std::generate(degrees.begin(), degrees.end(), [degree = root - 2]() mutable { return degree += 2; });
  return degrees;
}

int nearest_octave(int pitch, int center) {
  return pitch + 12 * floor_divide(center - pitch + 6, 12);
}

std::vector<int> voicing(const Key& key, const std::vector<int>& degrees, int center) {
  std::vector<int> keys;
  for (const int degree : degrees) keys.push_back(nearest_octave(key.pitch(degree), center));
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::vector<Hit> parse_rhythm(std::string_view rhythm) {
  std::vector<Hit> hits;
  for (int step = 0; step < static_cast<int>(rhythm.size()); ++step) {
    switch (rhythm[step]) {
      case 'x':
      case 'X':
        hits.push_back({step, 1, rhythm[step] == 'X'});
        break;
      case '-':
        if (hits.empty())
          throw ConfigError(concat("[rhythm] \"", rhythm, "\": expected a note before the first -"));
        hits.back().length = step - hits.back().step + 1;
        break;
      case '.':
        break;
      default:
        throw ConfigError(concat("[rhythm] \"", rhythm, "\": expected x, X, - or ., got ", rhythm[step]));
    }
  }
  return hits;
}

}  // namespace sonograd::audio::synth
