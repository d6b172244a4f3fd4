// Two channels; the second one is below 0.
inline void check(exercise::Report& report) {
  report.near("mean_max_norm({{3, -1}})", {3, -1, 3, -1, 3, 1}, mean_max_norm({{3, -1}}));
  report.near("mean_max_norm({{3, -6}, {4, -8}})", {3.5f, -7, 4, -6, 5, 10},
              mean_max_norm({{3, -6}, {4, -8}}));
}
