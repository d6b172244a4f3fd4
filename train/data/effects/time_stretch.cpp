#include "train/data/effects/time_stretch.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sonograd::train {
namespace {

struct Segments {
  std::int64_t length, overlap, search;  // samples; the search goes as far in either direction

  explicit Segments(int sample_rate)
      : length(samples_in(82, sample_rate)),
        overlap(std::max<std::int64_t>(1, samples_in(12, sample_rate))),
        search(samples_in(7.34, sample_rate)) {}
  std::int64_t hop() const { return length - overlap; }

 private:
  static std::int64_t samples_in(double milliseconds, int sample_rate) {
    return std::llround(milliseconds * sample_rate / 1000);
  }
};

float squared_distance(const float* a, const float* b, std::int64_t count) {
  float sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

/// The place near `centre` whose samples are nearest to those of `end`; `centre` itself where several are.
std::int64_t most_similar(const std::vector<float>& input, std::int64_t centre, const float* end,
                          const Segments& segments) {
  const std::int64_t last = std::ssize(input) - segments.length;
  std::int64_t best = std::min(centre, last);
  float least = squared_distance(input.data() + best, end, segments.overlap);
  const std::int64_t first = std::max<std::int64_t>(0, centre - segments.search);
  for (std::int64_t place = first; place <= std::min(last, centre + segments.search); ++place) {
    const float distance = squared_distance(input.data() + place, end, segments.overlap);
    if (distance < least) {
      least = distance;
      best = place;
    }
  }
  return best;
}

}  // namespace

std::vector<float> stretch_time(std::span<const float> samples, double factor, int sample_rate) {
  const Segments segments(sample_rate);
  const auto wanted = std::llround(factor * static_cast<double>(samples.size()));
  std::vector<float> input(samples.begin(), samples.end());
  input.resize(input.size() + static_cast<std::size_t>(segments.length + segments.search), 0.0f);
  std::vector<float> output(static_cast<std::size_t>(wanted + segments.length), 0.0f);
  std::copy_n(input.begin(), segments.length, output.begin());
  for (std::int64_t start = segments.hop(); start < wanted; start += segments.hop()) {
    float* const to = output.data() + start;
    const auto centre = std::llround(static_cast<double>(start) / factor);
    const float* const from = input.data() + most_similar(input, centre, to, segments);
    for (std::int64_t i = 0; i < segments.overlap; ++i) {
      const float weight = static_cast<float>(i) / static_cast<float>(segments.overlap);
      to[i] += weight * (from[i] - to[i]);
    }
    std::copy(from + segments.overlap, from + segments.length, to + segments.overlap);
  }
  output.resize(static_cast<std::size_t>(wanted));
  return output;
}

}  // namespace sonograd::train
