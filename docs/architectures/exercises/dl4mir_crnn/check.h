// Three frames of two bands with two channels each.
inline void check(exercise::Report& report) {
  const std::vector<exercise::Map> frames = {{{1, 5}, {10, 50}}, {{2, 6}, {20, 60}}, {{3, 7}, {30, 70}}};
  const exercise::Map intended = frame_after_frame(frames), actual = band_after_band(frames);
  report.equal("frame_after_frame: steps", 3, static_cast<long>(intended.size()));
  if (intended.size() == 3) report.near("frame_after_frame, step 1", {2, 6, 20, 60}, intended[1]);
  report.equal("band_after_band: steps", 6, static_cast<long>(actual.size()));
  if (actual.size() != 6) return;
  report.near("band_after_band, step 1: the second frame of the first band", {2, 6}, actual[1]);
  report.near("band_after_band, step 3: the first frame of the second band", {10, 50}, actual[3]);
  report.near("band_after_band, step 5", {30, 70}, actual[5]);
}
