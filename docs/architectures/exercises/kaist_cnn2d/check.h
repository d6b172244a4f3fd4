// Two clips of two pieces and of one, with one tag or two.
inline void check(exercise::Report& report) {
  report.near("cross_entropy({0.5, 0.25}, {1, 0})", (std::log(2.0) - std::log(0.75)) / 2,
              cross_entropy({0.5f, 0.25f}, {1, 0}));
  report.near("mean_of_pieces({{0.2, 0.4}, {0.6, 0}})", {0.4f, 0.2f},
              mean_of_pieces({{0.2f, 0.4f}, {0.6f, 0}}));
  const std::vector<exercise::Map> clips = {{{0.25f}, {0.75f}}, {{0.5f}}};
  report.near("test_loss of two clips", std::log(2.0), test_loss(clips, {{1}, {0}}));
  report.near("printed_loss of two clips, of which one has two pieces", 1.5 * std::log(2.0),
              printed_loss(clips, {{1}, {0}}));
}
