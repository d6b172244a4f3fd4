// The published network has seven layers for 240,000 samples, 15 s; the paper uses nine on more data.
inline void check(exercise::Report& report) {
  report.equal("positions_behind(240000, 1)", 80000, positions_behind(240000, 1));
  report.equal("positions_behind(240000, 2)", 26666, positions_behind(240000, 2));
  report.equal("positions_behind(240000, 7)", 108, positions_behind(240000, 7));
  report.equal("positions_behind(240000, 9)", 11, positions_behind(240000, 9));
  report.near("relu_norm with mean 2, variance 0.999, gain 3 and offset 1", {-5, 4, -2},
              relu_norm({-7, 3, 1}, 2, 0.999f, 3, 1));
  report.near("relu_norm divides by the deviation", {-0.5f, 0.5f}, relu_norm({0, 2}, 1, 3.999f, 1, 0));
}
