// Log-mel maps of 231 x 128, and the poolings of Short-chunk CNN and FCN.
inline void check(exercise::Report& report) {
  const auto frames = [](const std::vector<Extent>& all) {
    std::vector<int> numbers;
    for (const Extent& extent : all) numbers.push_back(extent.frames);
    return numbers;
  };
  const auto bands = [](const std::vector<Extent>& all) {
    std::vector<int> numbers;
    for (const Extent& extent : all) numbers.push_back(extent.bands);
    return numbers;
  };
  const std::vector<Extent> halves(7, {2, 2}), fcn = {{4, 2}, {4, 2}, {4, 2}, {5, 3}, {4, 4}};
  report.equal("frames of 231 x 128 behind seven halves", {115, 57, 28, 14, 7, 3, 1},
               frames(extents_behind({231, 128}, halves)));
  report.equal("bands of 231 x 128 behind seven halves", {64, 32, 16, 8, 4, 2, 1},
               bands(extents_behind({231, 128}, halves)));
  report.equal("frames of 231 x 96 behind the poolings of FCN", {57, 14, 3, 1, 1},
               frames(extents_behind({231, 96}, fcn)));
  report.equal("bands of 231 x 96 behind the poolings of FCN", {48, 24, 12, 4, 1},
               bands(extents_behind({231, 96}, fcn)));
  report.equal("frames of 313 x 128 behind seven halves", {156, 78, 39, 19, 9, 4, 2},
               frames(extents_behind({313, 128}, halves)));
}
