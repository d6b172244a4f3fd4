#include "models/explain/deletion.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tensor/random.h"

namespace sonograd::models {
namespace {

// A cell of a chunk, as chunk * cells + cell.
using Order = std::vector<std::size_t>;

Order by_importance(const std::vector<std::vector<double>>& importance) {
  std::vector<double> all;
  for (const std::vector<double>& chunk : importance) all.insert(all.end(), chunk.begin(), chunk.end());
  Order order(all.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return all[a] > all[b]; });
  return order;
}

Order at_random(std::size_t cells, std::uint64_t seed, int number) {
  Order order(cells);
  std::iota(order.begin(), order.end(), 0);
  Random random({.seed = seed, .step = static_cast<std::uint32_t>(number), .stream = RandomStream::shuffle});
  for (std::size_t last = cells; last > 1; --last) std::swap(order[last - 1], order[random.below(last)]);
  return order;
}

double area_of(const std::vector<double>& removed, const std::vector<double>& scores) {
  double area = 0;
  for (std::size_t i = 1; i < scores.size(); ++i)
    area += (scores[i - 1] + scores[i]) / 2 * (removed[i] - removed[i - 1]);
  return area;
}

class Deletion {
 public:
  Deletion(LabelScore& score, const std::vector<Tensor>& inputs, const std::vector<Tensor>& baselines,
           const CellGrid& grid, int steps, const InputsDone& done)
      : score_(score), inputs_(inputs), baselines_(baselines), grid_(grid), steps_(steps), done_(done) {
    for (std::size_t chunk = 0; chunk < inputs.size(); ++chunk) all_chunks_.push_back(chunk);
    update(all_chunks_, inputs, whole_);
  }

  // Number of the cells that are gone after `step` steps; 1 at least after the first one.
  std::size_t removed_after(int step) const {
    const double share = static_cast<double>(step) / steps_;
    const auto cells = static_cast<double>(inputs_.size()) * static_cast<double>(grid_.size());
    return static_cast<std::size_t>(std::ceil(share * share * cells - 1e-9));
  }

  std::vector<double> run(const Order& order) {
    std::vector<Tensor> left;
    for (const Tensor& input : inputs_) left.push_back(input.clone());
    std::vector<double> scores = whole_, curve = {mean(scores)};
    for (int step = 1; step <= steps_; ++step) {
      std::vector<bool> is_changed(inputs_.size());
      for (std::size_t i = removed_after(step - 1); i < removed_after(step); ++i) {
        const std::size_t chunk = order[i] / static_cast<std::size_t>(grid_.size());
        const auto cell = static_cast<std::int64_t>(order[i] % static_cast<std::size_t>(grid_.size()));
        is_changed[chunk] = true;
        grid_.copy(cell, baselines_[chunk], left[chunk]);
      }
      std::vector<std::size_t> changed;
      std::ranges::copy_if(all_chunks_, std::back_inserter(changed),
                           [&](std::size_t chunk) { return is_changed[chunk]; });
      update(changed, left, scores);
      if (done_) done_(std::ssize(inputs_) - std::ssize(changed));  // nothing to compute
      curve.push_back(mean(scores));
    }
    return curve;
  }

 private:
  static double mean(const std::vector<double>& scores) {
    return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  }

  // Computes the scores of some chunks of `left`.
  void update(const std::vector<std::size_t>& chunks, const std::vector<Tensor>& left,
              std::vector<double>& scores) {
    scores.resize(inputs_.size());
    const auto most = static_cast<std::size_t>(score_.batch());
    for (std::size_t first = 0; first < chunks.size(); first += most) {
      const auto part = std::span(chunks).subspan(first, std::min(most, chunks.size() - first));
      const Shape shape = left.front().shape().with(0, std::ssize(part));
      const Tensor batch = Tensor::empty(shape, left.front().dtype());
      for (std::size_t i = 0; i < part.size(); ++i)
        batch.rows(static_cast<std::int64_t>(i), 1).copy_from(left[part[i]]);
      const std::vector<double> log_odds = score_.log_odds(batch);
      for (std::size_t i = 0; i < part.size(); ++i) scores[part[i]] = probability_of(log_odds[i]);
      if (done_) done_(std::ssize(part));
    }
  }

  LabelScore& score_;
  const std::vector<Tensor>&inputs_, &baselines_;
  const CellGrid& grid_;
  int steps_;
  const InputsDone& done_;
  std::vector<std::size_t> all_chunks_;
  std::vector<double> whole_;  ///< scores of the chunks with all cells
};

}  // namespace

DeletionCurve deletion_curve(LabelScore& score, const std::vector<Tensor>& inputs,
                             const std::vector<Tensor>& baselines, const CellGrid& grid,
                             const std::vector<std::vector<double>>& importance,
                             const DeletionOptions& options, const InputsDone& done) {
  Deletion deletion(score, inputs, baselines, grid, options.steps, done);
  DeletionCurve curve;
  const std::size_t cells = deletion.removed_after(options.steps);
  for (int step = 0; step <= options.steps; ++step)
    curve.removed.push_back(static_cast<double>(deletion.removed_after(step)) / static_cast<double>(cells));
  curve.by_importance = deletion.run(by_importance(importance));
  curve.area = area_of(curve.removed, curve.by_importance);
  for (int number = 0; number < options.random_orders; ++number) {
    const std::vector<double> scores = deletion.run(at_random(cells, options.seed, number));
    const double area = area_of(curve.removed, scores);
    if (number == 0) {
      curve.random.assign(scores.size(), 0);
      curve.lowest = curve.highest = scores;
      curve.lowest_area = curve.highest_area = area;
    }
    for (std::size_t i = 0; i < scores.size(); ++i) {
      curve.random[i] += scores[i] / options.random_orders;
      curve.lowest[i] = std::min(curve.lowest[i], scores[i]);
      curve.highest[i] = std::max(curve.highest[i], scores[i]);
    }
    curve.random_area += area / options.random_orders;
    curve.lowest_area = std::min(curve.lowest_area, area);
    curve.highest_area = std::max(curve.highest_area, area);
  }
  return curve;
}

}  // namespace sonograd::models
