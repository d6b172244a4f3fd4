// One genre from many steps: DeepSound of 2018 takes the mean of logits, its first form of 2016 the mean of probabilities.
#include "docs/architectures/exercises/exercise.h"

/// exp(x) of each number x, divided by the sum of all.
inline exercise::Sequence softmax(const exercise::Sequence& logits) {
  exercise::Sequence result;
  float sum = 0;
  for (const float x : logits) result.push_back(std::exp(x)), sum += result.back();
  for (float& x : result) x /= sum;
  return result;
}

inline exercise::Sequence mean_of_rows(const exercise::Map& rows) {
  exercise::Sequence mean(rows.front().size());
  for (const exercise::Sequence& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) mean[i] += row[i] / static_cast<float>(rows.size());
  }
  return mean;
}

/// A row of `steps` has one logit for each genre. The softmax of the mean of the rows.
exercise::Sequence from_mean_of_logits(const exercise::Map& steps) {
  return softmax(mean_of_rows(steps));
}

/// The mean of the softmax of each row.
exercise::Sequence from_mean_of_probabilities(const exercise::Map& steps) {
  exercise::Map probabilities;
  for (const exercise::Sequence& step : steps) probabilities.push_back(softmax(step));
  return mean_of_rows(probabilities);
}
