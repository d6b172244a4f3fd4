#include "models/explain/attribution.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sonograd::models {
namespace {

void report(const InputsDone& done, std::int64_t count) {
  if (done) done(count);
}

std::vector<double> doubles(const Tensor& tensor) {
  const Tensor wide = tensor.to(DType::f64);
  return {wide.span<double>().begin(), wide.span<double>().end()};
}

// Scores of x and the baseline, without values.
Attribution ends(LabelScore& score, const Tensor& x, const Tensor& baseline, const InputsDone& done) {
  Attribution result;
  result.log_odds = score.log_odds(x).front();
  result.baseline_log_odds = score.log_odds(baseline).front();
  report(done, 2);
  return result;
}

// The point at `share` of the way from one input to the other.
void interpolate(const Tensor& from, const Tensor& to, double share, const Tensor& point) {
  visit_real(point.dtype(), "integrated_gradients", [&](auto type) {
    using T = decltype(type);
    for (std::int64_t k = 0; k < point.numel(); ++k)
      point.data<T>()[k] = std::lerp(from.data<T>()[k], to.data<T>()[k], static_cast<T>(share));
  });
}

}  // namespace

double Attribution::sum() const {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

Attribution gradient_times_input(LabelScore& score, const Tensor& x, const Tensor& baseline,
                                 const InputsDone& done) {
  Attribution result;
  const LabelScore::Slope slope = score.slope(x);
  result.log_odds = slope.log_odds.front();
  result.baseline_log_odds = score.log_odds(baseline).front();
  const std::vector<double> at = doubles(x), from = doubles(baseline);
  result.values = doubles(slope.gradient);
  for (std::size_t k = 0; k < at.size(); ++k) result.values[k] *= at[k] - from[k];
  report(done, 2);
  return result;
}

Attribution integrated_gradients(LabelScore& score, const Tensor& x, const Tensor& baseline, int steps,
                                 const InputsDone& done) {
  Attribution result = ends(score, x, baseline, done);
  const std::vector<double> at = doubles(x), from = doubles(baseline);
  result.values.assign(at.size(), 0);
  for (std::int64_t first = 0; first < steps; first += score.batch()) {
    const std::int64_t count = std::min<std::int64_t>(score.batch(), steps - first);
    const Tensor points = Tensor::empty(x.shape().with(0, count), x.dtype());
    for (std::int64_t i = 0; i < count; ++i)
      interpolate(baseline, x, (static_cast<double>(first + i) + 0.5) / steps, points.rows(i, 1));
    const std::vector<double> slopes = doubles(score.slope(points).gradient);
    for (std::size_t k = 0; k < slopes.size(); ++k) result.values[k % at.size()] += slopes[k];
    report(done, count);
  }
  for (std::size_t k = 0; k < at.size(); ++k) result.values[k] *= (at[k] - from[k]) / steps;
  return result;
}

Attribution occlusion(LabelScore& score, const Tensor& x, const Tensor& baseline, const CellGrid& grid,
                      const InputsDone& done) {
  Attribution result = ends(score, x, baseline, done);
  result.values.assign(static_cast<std::size_t>(x.numel()), 0);
  for (std::int64_t first = 0; first < grid.size(); first += score.batch()) {
    const std::int64_t count = std::min(score.batch(), grid.size() - first);
    const Tensor inputs = Tensor::empty(x.shape().with(0, count), x.dtype());
    for (std::int64_t i = 0; i < count; ++i) {
      inputs.rows(i, 1).copy_from(x);
      grid.copy(first + i, baseline, inputs.rows(i, 1));
    }
    const std::vector<double> left = score.log_odds(inputs);
    for (std::int64_t i = 0; i < count; ++i) {
      std::int64_t size = 0;
      grid.for_each(first + i, [&](std::size_t) { ++size; });
      const double share = (result.log_odds - left[static_cast<std::size_t>(i)]) / static_cast<double>(size);
      grid.for_each(first + i, [&](std::size_t k) { result.values[k] = share; });
    }
    report(done, count);
  }
  return result;
}

std::vector<double> cell_sums(const std::vector<double>& values, const CellGrid& grid) {
  std::vector<double> sums(static_cast<std::size_t>(grid.size()));
  for (std::int64_t cell = 0; cell < grid.size(); ++cell) {
    double& sum = sums[static_cast<std::size_t>(cell)];
    grid.for_each(cell, [&](std::size_t k) { sum += values[k]; });
  }
  return sums;
}

}  // namespace sonograd::models
