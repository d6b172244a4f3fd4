// Four numbers, and stacks of 1 and 15 layers.
inline void check(exercise::Report& report) {
  const exercise::Sequence x = {1, 2, 3, 4}, draws = {0.1f, 0.6f, 0.9f, 0.29f};
  report.near("dropout that keeps 0.5", {2, 0, 0, 8}, dropout(x, draws, 0.5f));
  report.near("dropout that keeps 0.25", {4, 0, 0, 0}, dropout(x, draws, 0.25f));
  report.near("dropout that keeps everything", x, dropout(x, draws, 1));
  report.equal("parameters(1, 128, 32)", 15456, parameters(1, 128, 32));
  report.equal("parameters(15, 128, 32) + parameters(15, 32, 32)", 196416,
               parameters(15, 128, 32) + parameters(15, 32, 32));
}
