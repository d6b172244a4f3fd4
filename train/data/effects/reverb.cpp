#include "train/data/effects/reverb.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace sonograd::train {
namespace {

// Delays in samples at 44.1 kHz.
constexpr int kCombDelays[] = {1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617};
constexpr int kAllPassDelays[] = {225, 341, 441, 556};
constexpr int kChannelOffset = 12;
constexpr float kWetGain = 0.015f;

class DelayLine {
 public:
  explicit DelayLine(double samples) : values_(static_cast<std::size_t>(std::max(1.0, samples + 0.5))) {}
  float oldest() const { return values_[at_]; }
  void push(float value) {
    values_[at_] = value;
    at_ = at_ + 1 == values_.size() ? 0 : at_ + 1;
  }

 private:
  std::vector<float> values_;
  std::size_t at_ = 0;
};

struct Comb {
  DelayLine line;
  float stored = 0;

  float process(float x, float feedback, float damping) {
    const float out = line.oldest();
    stored = out + (stored - out) * damping;
    line.push(x + stored * feedback);
    return out;
  }
};

struct AllPass {
  DelayLine line;

  float process(float x) {
    const float out = line.oldest();
    line.push(x + out * 0.5f);
    return out - x;
  }
};

class Channel {
 public:
  Channel(int sample_rate, double room_scale, int offset) {
    const double rate = sample_rate / 44100.0;
    for (const int delay : kCombDelays) {
      combs_.push_back({DelayLine(room_scale * rate * (delay + offset))});
      offset = -offset;
    }
    for (const int delay : kAllPassDelays) {
      all_passes_.push_back({DelayLine(rate * (delay + offset))});
      offset = -offset;
    }
  }

  float process(float x, float feedback, float damping) {
    float sum = 0;
    for (Comb& comb : combs_) sum += comb.process(x, feedback, damping);
    for (AllPass& all_pass : all_passes_) sum = all_pass.process(sum);
    return sum * kWetGain;
  }

 private:
  std::vector<Comb> combs_;
  std::vector<AllPass> all_passes_;
};

/// 0.3 at 0 to 0.98 at 100, so that equal steps sound equal.
float feedback_of(double reverberance) {
  const double a = -1 / std::log(1 - 0.3);
  const double b = 100 / (std::log(1 - 0.98) * a + 1);
  return static_cast<float>(1 - std::exp((reverberance - b) / (a * b)));
}

}  // namespace

void reverberate(std::span<float> samples, int sample_rate, const Reverb& reverb) {
  const double room_scale = reverb.room / 100 * 0.9 + 0.1;
  const float feedback = feedback_of(reverb.reverberance);
  const auto damping = static_cast<float>(reverb.damping / 100 * 0.3 + 0.2);
  Channel left(sample_rate, room_scale, 0), right(sample_rate, room_scale, kChannelOffset);
  for (float& sample : samples) {
    const float x = sample;
    sample = x + (left.process(x, feedback, damping) + right.process(x, feedback, damping)) / 2;
  }
}

}  // namespace sonograd::train
