// Gates at their corners, and a step worked by hand.
inline void check(exercise::Report& report) {
  const LstmGate open = {0, 0, 3}, shut = {0, 0, -3}, none = {0, 0, 0};
  const LstmState before = {0.3f, 0.8f};
  report.near("an open forget gate and a shut input gate keep the cell", 0.8,
              lstm_step({shut, open, open, open}, 1, before).c);
  report.near("the state is tanh of the cell behind an open output gate", std::tanh(0.8),
              lstm_step({shut, open, open, open}, 1, before).h);
  report.near("a shut output gate hides the cell", 0, lstm_step({shut, open, open, shut}, 1, before).h);
  report.near("a forget gate with the bias 1 keeps 0.7", 0.7 * 0.8,
              lstm_step({shut, {0, 0, 1}, none, open}, 1, before).c);
  const KerasLstm mixed = {
      {0.5f, -0.3f, 0.1f}, {-0.4f, 0.6f, 0.2f}, {1.2f, 0.7f, -0.1f}, {0.9f, 0.2f, -0.5f}};
  const double i = 0.2 * (0.5 * 2 - 0.3 * 0.3 + 0.1) + 0.5, f = 0.2 * (-0.4 * 2 + 0.6 * 0.3 + 0.2) + 0.5,
               g = std::tanh(1.2 * 2 + 0.7 * 0.3 - 0.1), o = 0.2 * (0.9 * 2 + 0.2 * 0.3 - 0.5) + 0.5;
  report.near("the cell behind the input 2", f * 0.8 + i * g, lstm_step(mixed, 2, before).c);
  report.near("the state behind the input 2", o * std::tanh(f * 0.8 + i * g), lstm_step(mixed, 2, before).h);
}
