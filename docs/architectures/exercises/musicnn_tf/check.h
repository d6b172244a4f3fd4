// Four frames of two bands, and kernels of two and four taps.
inline void check(exercise::Report& report) {
  const Map map = {{1, 3}, {0, 2}, {4, 0}, {-1, 1}};
  report.near("one tap: the largest band", {3, 2, 4, 1}, temporal_filter(map, {1}));
  report.near("two taps, 1 and 0: this frame, not the one before", {3, 2, 4, 1},
              temporal_filter(map, {1, 0}));
  report.near("two taps, 0 and 1: the frame behind", {2, 4, 1, 0}, temporal_filter(map, {0, 1}));
  report.near("four taps: one frame before, two behind", {4010, 1023, 102, 10},
              temporal_filter(map, {1, 10, 100, 1000}));
  report.near("negative values only: the least negative band, not zero", {-1, -2},
              temporal_filter({{-1, -3}, {-4, -2}}, {1}));
}
