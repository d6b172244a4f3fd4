// Four frames of two bands.
inline void check(exercise::Report& report) {
  const Map map = {{1, 3}, {0, 2}, {4, 0}, {-1, 1}};
  report.near("one tap: the mean over the bands", {2, 1, 2, 0}, temporal_filter(map, {1}));
  report.near("the taps 1, 0, 0: the frame before", {0, 2, 1, 2}, temporal_filter(map, {1, 0, 0}));
  report.near("the taps 1, 10, 100", {120, 212, 21, 2}, temporal_filter(map, {1, 10, 100}));
  const Map shifted = {{3, 1}, {2, 0}, {0, 4}, {1, -1}};
  report.near("other bands, same mean: the same result", {120, 212, 21, 2},
              temporal_filter(shifted, {1, 10, 100}));
}
