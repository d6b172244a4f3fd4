// The published network has 231 frames, which seven strides of 2 reduce to 2.
inline void check(exercise::Report& report) {
  const Sequence zero = {0, 0, 0}, one = {0, 1, 0}, x = {1, -2, 3, 4, -5};
  report.near("kernels of zeros pass relu(x) on", {1, 0, 3, 4, 0}, residual_block(x, zero, zero, zero, 1));
  report.near("stride 1: x + relu(x), then relu", {2, 0, 6, 8, 0}, residual_block(x, one, one, zero, 1));
  report.near("stride 1 does not use the third kernel", {2, 0, 6, 8, 0},
              residual_block(x, one, one, {5, 5, 5}, 1));
  report.near("stride 2: the third kernel is the shortcut", {1, 3, 0}, residual_block(x, zero, zero, one, 2));
  report.near("stride 2 with all three", {20, 0, 4}, residual_block(x, {1, 0, 0}, {2, 1, 0}, {0, 0, -10}, 2));
  std::vector<int> lengths;
  Sequence y(231, 1.0f);
  for (int layer = 0; layer < 7; ++layer) {
    y = residual_block(y, one, one, one, 2);
    lengths.push_back(static_cast<int>(y.size()));
  }
  report.equal("frames behind the seven blocks", {116, 58, 29, 15, 8, 4, 2}, lengths);
}
