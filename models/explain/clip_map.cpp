#include "models/explain/clip_map.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

constexpr double kShortestColumn = 0.01;  // s

}  // namespace

ClipMap::ClipMap(const FeatureAxes& axes, const ChunkRule& rule, std::int64_t samples)
    : sample_rate_(rule.sample_rate),
      column_samples_(std::max(axes.step, std::round(kShortestColumn * sample_rate_))),
      first_(axes.first),
      step_(axes.step),
      samples_(samples),
      columns_(static_cast<std::int64_t>(std::ceil(static_cast<double>(samples) / column_samples_))),
      bands_(std::max<std::int64_t>(1, std::ssize(axes.bands))),
      repeats_(rule.is_short(samples) && rule.pad == audio::Pad::repeat),
      places_(rule.positions(samples)),
      sums_(static_cast<std::size_t>(columns_ * bands_)) {
  // Places are in the order of their starts and equally long, so that they end in this order, too.
  std::size_t begun = 0, ended = 0;
  for (std::int64_t column = 0; column < columns_; ++column) {
    const double middle = (static_cast<double>(column) + 0.5) * column_samples_;
    while (begun < places_.size() && static_cast<double>(places_[begun].start) <= middle) ++begun;
    while (ended < begun && static_cast<double>(places_[ended].start + places_[ended].length) <= middle)
      ++ended;
    shares_.push_back(1 / static_cast<double>(std::max<std::size_t>(1, begun - ended)));
  }
}

std::int64_t ClipMap::column_of(double sample) const {
  const auto length = static_cast<double>(samples_);
  if (repeats_) sample = std::fmod(sample, length);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(sample / column_samples_), 0, columns_ - 1);
}

void ClipMap::add(std::size_t index, const std::vector<double>& values) {
  const auto start = static_cast<double>(places_[index].start);
  const std::int64_t positions = std::ssize(values) / bands_;
  if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); }))
    throw FormatError("the contributions are not finite");
  for (std::int64_t t = 0; t < positions; ++t) {
    const std::int64_t column = column_of(start + first_ + step_ * static_cast<double>(t));
    const double share = shares_[static_cast<std::size_t>(column)];
    for (std::int64_t band = 0; band < bands_; ++band) {
      sums_[static_cast<std::size_t>(column * bands_ + band)] +=
          share * values[static_cast<std::size_t>(t * bands_ + band)];
    }
  }
}

std::vector<double> ClipMap::over_time() const {
  std::vector<double> result(static_cast<std::size_t>(columns_));
  for (std::int64_t column = 0; column < columns_; ++column) {
    const auto begin = sums_.begin() + column * bands_;
    result[static_cast<std::size_t>(column)] = std::accumulate(begin, begin + bands_, 0.0);
  }
  return result;
}

std::vector<Excerpt> pick_excerpts(const ClipMap& map, double seconds, std::size_t count, bool greatest) {
  const std::vector<double> values = map.over_time();
  const auto columns = std::ssize(values);
  const auto length = std::clamp<std::ptrdiff_t>(std::llround(seconds / map.column_seconds()), 1, columns);
  std::vector<double> sums(static_cast<std::size_t>(columns - length + 1));
  for (std::size_t first = 0; first < sums.size(); ++first) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
    sums[first] = std::accumulate(begin, begin + length, 0.0);
  }
  std::vector<std::size_t> order(sums.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return greatest ? sums[a] > sums[b] : sums[a] < sums[b]; });
  std::vector<std::size_t> chosen;
  std::vector<Excerpt> result;
  for (const std::size_t first : order) {
    const bool overlaps = std::ranges::any_of(chosen, [&](std::size_t other) {
      return std::max(first, other) - std::min(first, other) < static_cast<std::size_t>(length);
    });
    if (overlaps) continue;
    chosen.push_back(first);
    const double begin = static_cast<double>(first) * map.column_seconds();
    result.push_back({begin, begin + static_cast<double>(length) * map.column_seconds(), sums[first]});
    if (result.size() == count) break;
  }
  return result;
}

}  // namespace sonograd::models
