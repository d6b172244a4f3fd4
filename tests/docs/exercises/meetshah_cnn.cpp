// A softmax on sigmoids: the loss of the published code of meetshah_cnn cannot fall, however sure the network is.
#include "docs/architectures/exercises/exercise.h"

/// The cross-entropy of the softmax of `scores` for the right genre: the logarithm of the sum of exp(score) over all genres, minus the
/// score of `genre`.
double cross_entropy(const exercise::Sequence& scores, int genre) {
  double sum = 0;
  for (const float score : scores) sum += std::exp(score);
  return std::log(sum) - scores[static_cast<std::size_t>(genre)];
}

/// The same loss with 1 / (1 + exp(-logit)) of every logit in place of the logit.
double loss_of_sigmoids(const exercise::Sequence& logits, int genre) {
  exercise::Sequence sigmoids;
  for (const float logit : logits) sigmoids.push_back(1 / (1 + std::exp(-logit)));
  return cross_entropy(sigmoids, genre);
}
