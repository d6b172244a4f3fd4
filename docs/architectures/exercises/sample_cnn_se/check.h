// Three frames of two channels, whose means are 2 and -1.
inline void check(exercise::Report& report) {
  const Map map = {{1, -1}, {2, 0}, {3, -2}};
  const Dense one = {{{1, 0}, {0, 1}}, {0, 0}}, zero = {{{0, 0}, {0, 0}}, {0, 0}};
  const auto row = [](const Map& y, std::size_t i) { return i < y.size() ? y[i] : Sequence(); };
  const auto gate = [](double x) { return static_cast<float>(1 / (1 + std::exp(-x))); };
  report.near("gates of sigmoid(0) halve the map", {0.5f, -0.5f}, row(excite(map, one, zero), 0));
  const Map y = excite(map, one, one);
  report.near("gates sigmoid(2) and sigmoid(0): relu cuts the mean -1", {3 * gate(2), -2 * gate(0)},
              row(y, 2));
  report.near("all frames have the same gates", {1 * gate(2), -1 * gate(0)}, row(y, 0));
  const Dense swapped = {{{0, -1}, {1, 0}}, {0.5f, 0}}, scaled = {{{2, 0}, {1, -1}}, {0, 1}};
  const Map z = excite(map, swapped, scaled);
  report.near("gates from weights and biases", {2 * gate(3), 0}, row(z, 1));
  report.near("gates from weights and biases, last frame", {3 * gate(3), -2 * gate(0.5)}, row(z, 2));
}
