// Small logits, and logits of a size at which exp(x) is 0 or infinite.
inline void check(exercise::Report& report) {
  report.near("log_sum_exp({0, 0, 0})", std::log(3), log_sum_exp({0, 0, 0}));
  report.near("log_sum_exp({1000, 1000})", 1000 + std::log(2), log_sum_exp({1000, 1000}));
  report.near("log_sum_exp({-1000, -1000})", -1000 + std::log(2), log_sum_exp({-1000, -1000}));
  report.near("two steps that disagree", {std::log(0.5f), std::log(0.5f)},
              log_mean_of_probabilities({{1, 3}, {3, 1}}));
  const float p = 0.5f * (0.25f + 0.5f);
  report.near("the mean of 1/4 and 1/2", {std::log(p), std::log(1 - p)},
              log_mean_of_probabilities({{0, std::log(3.0f)}, {0, 0}}));
  report.near("a genre of probability exp(-500) in both steps", {0, -500},
              log_mean_of_probabilities({{500, 0}, {500, 0}}));
}
