// The logits of a clip of deepsound_crnn: the logarithm of the mean of probabilities, for logits of any size.
#include "docs/architectures/exercises/exercise.h"

/// The logarithm of the sum of exp(x) of all numbers x. exp(1000) has no value: take the largest number out of the sum first.
float log_sum_exp(const exercise::Sequence& numbers) {
  const float largest = *std::max_element(numbers.begin(), numbers.end());
  float sum = 0;
  for (const float x : numbers) sum += std::exp(x - largest);
  return largest + std::log(sum);
}

/// A row of `steps` has one logit for each genre. For each genre the logarithm of the mean over the rows of the softmax of a row:
/// the logarithm of a probability is the logit minus `log_sum_exp` of its row.
exercise::Sequence log_mean_of_probabilities(const exercise::Map& steps) {
  exercise::Sequence result;
  for (std::size_t genre = 0; genre < steps.front().size(); ++genre) {
    exercise::Sequence logarithms;
    for (const exercise::Sequence& step : steps) logarithms.push_back(step[genre] - log_sum_exp(step));
    result.push_back(log_sum_exp(logarithms) - std::log(static_cast<float>(steps.size())));
  }
  return result;
}
