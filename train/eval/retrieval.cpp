#include "train/eval/retrieval.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/ops/matmul.h"
#include "autograd/tape.h"
#include "train/data/label_set.h"

namespace sonograd::train {
namespace {

constexpr std::int64_t kQueriesAtATime = 256;

/// Cosines [count, n] of the rows from `first` on with all.
Tensor cosines(const Tensor& vectors, std::int64_t first, std::int64_t count) {
  return matmul(Variable(vectors.rows(first, count)), Variable(vectors), {.transpose_b = true}).data();
}

/// The `most` clips with the largest cosines, without `query`.
std::vector<std::size_t> nearest(std::span<const float> cosine, std::size_t query, std::size_t most) {
  std::vector<std::size_t> order(cosine.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  order.erase(order.begin() + static_cast<std::ptrdiff_t>(query));
  most = std::min(most, order.size());
  std::ranges::partial_sort(
      order, order.begin() + static_cast<std::ptrdiff_t>(most),
      [&](std::size_t a, std::size_t b) { return cosine[a] != cosine[b] ? cosine[a] > cosine[b] : a < b; });
  order.resize(most);
  return order;
}

}  // namespace

void scale_to_unit_length(std::span<float> vectors, std::size_t width) {
  for (std::size_t at = 0; at < vectors.size(); at += width) {
    const std::span<float> row = vectors.subspan(at, width);
    const double length = std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0));
    if (length > 0)
      std::ranges::transform(row, row.begin(), [&](float x) { return static_cast<float>(x / length); });
  }
}

RetrievalScores recall_of(std::span<const float> vectors, std::span<const float> targets,
                          std::size_t labels) {
  RetrievalScores scores;
  const std::size_t clips = targets.size() / labels;
  if (clips < 2) return scores;
  const NoGrad only_values;
  const auto count = static_cast<std::int64_t>(clips);
  const Tensor all = Tensor::from(vectors, {count, std::ssize(vectors) / count});
  const auto has = [&](std::size_t clip, std::size_t label) {
    return targets[clip * labels + label] >= kPositiveGrade;
  };
  std::array<double, kRecallAt.size()> sums{};
  for (std::int64_t first = 0; first < count; first += kQueriesAtATime) {
    const std::int64_t queries = std::min(kQueriesAtATime, count - first);
    const Tensor block = cosines(all, first, queries);
    for (std::int64_t i = 0; i < queries; ++i) {
      const auto query = static_cast<std::size_t>(first + i);
      std::vector<std::size_t> own;
      for (std::size_t label = 0; label < labels; ++label)
        if (has(query, label)) own.push_back(label);
      if (own.empty()) continue;
      ++scores.queries;
      const auto found = nearest(block.span<float>().subspan(static_cast<std::size_t>(i) * clips, clips),
                                 query, kRecallAt.back());
      std::vector<bool> covered(labels);
      std::size_t at = 0;
      for (std::size_t k = 0; k < kRecallAt.size(); ++k) {
        for (; at < std::min(kRecallAt[k], found.size()); ++at)
          for (const std::size_t label : own)
            if (has(found[at], label)) covered[label] = true;
        sums[k] += static_cast<double>(std::ranges::count(covered, true)) / static_cast<double>(own.size());
      }
    }
  }
  for (std::size_t k = 0; scores.queries > 0 && k < kRecallAt.size(); ++k)
    scores.recall[k] = sums[k] / static_cast<double>(scores.queries);
  return scores;
}

}  // namespace sonograd::train
