// A chord of two partials, and the same chord three bands higher.
inline void check(exercise::Report& report) {
  report.near("valid_convolution({1, 2, 3, 4}, {10, 1})", {12, 23, 34},
              valid_convolution({1, 2, 3, 4}, {10, 1}));
  const auto rows = [](std::size_t bands, std::size_t kernel) {
    return static_cast<long>(
        valid_convolution(exercise::Sequence(bands, 1.0f), exercise::Sequence(kernel, 1.0f)).size());
  };
  report.equal("rows of 64 bands under a kernel of 32", 33, rows(64, 32));
  report.equal("rows of 32 bands under a kernel of 32", 1, rows(32, 32));
  const exercise::Sequence kernel = {0, 1, -1, 1}, chord = {0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0},
                           higher = {0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0};
  report.near("response of a chord", 4.0 / 9, response(chord, kernel));
  report.near("response of the chord three bands higher", 4.0 / 9, response(higher, kernel));
  report.near("response at one place alone: the chord", 2, response({0, 1, 0, 1}, kernel));
  report.near("response at one place alone: the chord one band lower", 0, response({1, 0, 1, 0}, kernel));
}
