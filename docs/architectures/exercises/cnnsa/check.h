// Three tokens with keys of four numbers and values of two.
inline void check(exercise::Report& report) {
  const Sequence query = {1, 0, 2, 0};
  const Map keys = {{2, 0, 0, 0}, {0, 5, 1, 0}, {-2, 0, 0, 1}}, values = {{1, 0}, {0, 1}, {4, 4}};
  // Products 2, 2 and -2, divided by sqrt(4).
  const double a = std::exp(1.0), b = std::exp(-1.0), sum = a + a + b;
  const Sequence expected = {static_cast<float>((a + 4 * b) / sum), static_cast<float>((a + 4 * b) / sum)};
  report.near("equal keys: the mean of the values", {2, -1},
              attend(query, {{1, 1, 1, 1}, {1, 1, 1, 1}}, {{1, 0}, {3, -2}}));
  report.near("weights of the products 2, 2 and -2 by sqrt(4)", expected, attend(query, keys, values));
  report.near("the tokens in another order", expected,
              attend(query, {keys[2], keys[0], keys[1]}, {values[2], values[0], values[1]}));
  report.near("products of 1000 and 0: the first value, and no overflow", {7, 8},
              attend({1000, 1000, 0, 0}, {{1, 1, 0, 0}, {0, 0, 1, 1}}, {{7, 8}, {0, 0}}));
}
