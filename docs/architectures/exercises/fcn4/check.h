// FCN-4 pools over 4, 5, 8 and 8 frames of 1,366.
inline void check(exercise::Report& report) {
  report.equal("receptive_field({}): no block", 1, receptive_field({}));
  report.equal("receptive_field({1}): a convolution alone", 3, receptive_field({1}));
  report.equal("receptive_field({4})", 6, receptive_field({4}));
  report.equal("receptive_field({2, 2})", 10, receptive_field({2, 2}));
  report.equal("receptive_field({4, 5, 8, 8}): more than the 1366 frames of the clip", 1650,
               receptive_field({4, 5, 8, 8}));
}
