// Attention of the class token of CNNSA: a weighted mean of the values of all tokens. There are no positions, so their order plays no
// part.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// The mean of `values` [tokens][D] with the weights softmax(q k / sqrt(d)), for each key k of `keys` [tokens][d] and the query q
/// [d] of the class token. Subtract the largest product before exp, which changes no weight and keeps exp finite.
Sequence attend(const Sequence& query, const Map& keys, const Map& values) {
  Sequence weights;
  for (const Sequence& key : keys) {
    const float product = std::inner_product(query.begin(), query.end(), key.begin(), 0.0f);
    weights.push_back(product / std::sqrt(static_cast<float>(query.size())));
  }
  const float largest = *std::max_element(weights.begin(), weights.end());
  float sum = 0;
  for (float& weight : weights) {
    weight = std::exp(weight - largest);
    sum += weight;
  }
  Sequence y(values.front().size(), 0);
  for (std::size_t token = 0; token < values.size(); ++token) {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += weights[token] / sum * values[token][i];
  }
  return y;
}
