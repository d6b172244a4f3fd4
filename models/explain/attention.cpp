#include "models/explain/attention.h"

#include <algorithm>

namespace sonograd::models {

std::vector<double> attention_rollout(const Tensor& attention) {
  const Shape& shape = attention.shape();
  const auto depth = static_cast<std::size_t>(shape[0]), heads = static_cast<std::size_t>(shape[1]),
             tokens = static_cast<std::size_t>(shape[2]);
  const std::span<const float> weights = attention.span<float>();
  std::vector<double> flow(tokens * tokens);
  for (std::size_t i = 0; i < tokens; ++i) flow[i * tokens + i] = 1;
  for (std::size_t block = 0; block < depth; ++block) {
    std::vector<double> next(tokens * tokens);
    for (std::size_t i = 0; i < tokens; ++i) {
      for (std::size_t k = 0; k < tokens; ++k) {
        double mean = 0;
        for (std::size_t head = 0; head < heads; ++head)
          mean += weights[((block * heads + head) * tokens + i) * tokens + k] / static_cast<double>(heads);
        const double share = (mean + (i == k ? 1 : 0)) / 2;
        for (std::size_t j = 0; j < tokens; ++j) next[i * tokens + j] += share * flow[k * tokens + j];
      }
    }
    flow = std::move(next);
  }
  return flow;
}

std::vector<double> spread_tokens(const std::vector<double>& tokens, std::int64_t positions,
                                  std::int64_t bands) {
  std::vector<double> values(static_cast<std::size_t>(positions * bands));
  const auto count = std::ssize(tokens);
  for (std::int64_t token = 0; token < count; ++token) {
    const std::int64_t begin = token * positions / count * bands,
                       end = (token + 1) * positions / count * bands;
    const double share =
        tokens[static_cast<std::size_t>(token)] / static_cast<double>(std::max<std::int64_t>(1, end - begin));
    std::fill(values.begin() + begin, values.begin() + end, share);
  }
  return values;
}

}  // namespace sonograd::models
