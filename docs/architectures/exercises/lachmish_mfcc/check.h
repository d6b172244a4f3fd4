// A flat spectrum, one that falls, and a single band.
inline void check(exercise::Report& report) {
  report.near("cepstrum of a flat spectrum of -20 dB: the level alone", {-40, 0, 0},
              cepstrum({-20, -20, -20, -20}, 3));
  report.near("cepstrum of two bands", {-7.071068f, 7.071068f}, cepstrum({0, -10}, 2));
  report.near("cepstrum of {1, 0, 0, 0}", {0.5f, 0.653281f, 0.5f, 0.270598f}, cepstrum({1, 0, 0, 0}, 4));
}
