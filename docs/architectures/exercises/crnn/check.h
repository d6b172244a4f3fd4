// Values of the formulas in docs/kernels/recurrent.md.
inline void check(exercise::Report& report) {
  const Gru keeps = {{0, 0, 0, 0}, {0, 0, 50, 0}, {1, 1, 0, 0}};
  report.near("an update gate of 1 keeps the state", 0.75, gru_step(keeps, 3, 0.75f));
  const Gru forgets = {{0, 0, -50, 0}, {0, 0, -50, 0}, {1, 1, 0, 0.5f}};
  report.near("reset and update gates of 0: tanh of the input's product", std::tanh(0.5),
              gru_step(forgets, 0.5f, 0.9f));
  const Gru opens = {{0, 0, 50, 0}, {0, 0, -50, 0}, {0.5f, 2, 0.1f, 0.25f}};
  report.near("a reset gate of 1 passes the state's product on", std::tanh(0.5 * 0.4 + 0.1 + 2 * 0.3 + 0.25),
              gru_step(opens, 0.4f, 0.3f));
  const Gru mixed = {{0.5f, -0.3f, 0.1f, 0.2f}, {-0.4f, 0.6f, 0, 0.1f}, {1.2f, 0.7f, -0.1f, 0.3f}};
  float h = 0;
  for (const float x : {1.0f, -0.5f, 0.25f}) h = gru_step(mixed, x, h);
  report.near("the state behind the inputs 1, -0.5, 0.25", 0.3000166, h);
}
