// Corners of the gates, and steps worked by hand.
inline void check(exercise::Report& report) {
  report.near("hard_sigmoid(-3)", 0, hard_sigmoid(-3));
  report.near("hard_sigmoid(1)", 0.7, hard_sigmoid(1));
  report.near("hard_sigmoid(2.5)", 1, hard_sigmoid(2.5f));
  const KerasGru keeps = {{0, 0, 0}, {0, 0, 3}, {1, 1, 0}};
  report.near("an update gate of 1 keeps the state", 0.75, keras_gru_step(keeps, 3, 0.75f));
  const KerasGru halves = {{0, 0, 0}, {0, 0, -3}, {1, 1, 0.5f}};
  report.near("a reset gate of 1/2 halves the state", std::tanh(1 + 0.4 + 0.5),
              keras_gru_step(halves, 1, 0.8f));
  const KerasGru mixed = {{0.5f, -0.3f, 0.1f}, {-0.4f, 0.6f, 0.2f}, {1.2f, 0.7f, -0.1f}};
  const double r = 0.2 * (0.5 - 0.3 * 0.4 + 0.1) + 0.5, z = 0.2 * (-0.4 + 0.6 * 0.4 + 0.2) + 0.5,
               n = std::tanh(1.2 + 0.7 * r * 0.4 - 0.1);
  report.near("the state behind the input 1 and the state 0.4", z * 0.4 + (1 - z) * n,
              keras_gru_step(mixed, 1, 0.4f));
}
