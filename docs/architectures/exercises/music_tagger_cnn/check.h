// Two frames of three bands.
inline void check(exercise::Report& report) {
  const exercise::Map map = {{1, 2, 3}, {3, 2, -1}};
  const auto bands = normalise_bands(map), frames = normalise_frames(map);
  const float one = 1 / std::sqrt(1.001f), two = 2 / std::sqrt(4.001f);
  report.near("normalise_bands({{1, 2, 3}, {3, 2, -1}})[0]", {-one, 0, two}, bands[0]);
  report.near("normalise_bands({{1, 2, 3}, {3, 2, -1}})[1]", {one, 0, -two}, bands[1]);
  const float deviation = std::sqrt(2.0f / 3 + 0.001f);
  report.near("normalise_frames({{1, 2, 3}, {3, 2, -1}})[0]", {-1 / deviation, 0, 1 / deviation}, frames[0]);
}
