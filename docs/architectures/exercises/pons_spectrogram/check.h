// Spectra of six bands, and filters of three and four.
inline void check(exercise::Report& report) {
  const Map low = {{0, 1, 2, 0, 0, 0}, {0, 3, 1, 0, 0, 0}, {0, 0, 0, 0, 0, 0}};
  const Map high = {{0, 0, 0, 1, 2, 0}, {0, 0, 0, 3, 1, 0}, {0, 0, 0, 0, 0, 0}};
  const Map one_tap = {{1, 10, 0}}, three_taps = {{0, 100, 0}, {1, 10, 0}, {0, 1000, 0}};
  report.near("one tap: the best of four places", {21, 30, 0}, timbral_filter(low, one_tap));
  report.near("two bands higher: the same result", {21, 30, 0}, timbral_filter(high, one_tap));
  report.near("three taps: frames before and behind", {3010, 213, 300}, timbral_filter(low, three_taps));
  report.near("three taps, two bands higher", {3010, 213, 300}, timbral_filter(high, three_taps));
  report.near("as high as the spectrum: one place", {-3}, timbral_filter({{1, 2, 3, 4}}, {{2, 0, 1, -2}}));
}
