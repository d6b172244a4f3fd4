// Five frames of two bands; the second band is silent but for one frame.
inline void check(exercise::Report& report) {
  const exercise::Map map = {{1, 0}, {2, 0}, {3, 1}, {4, 0}, {5, 0}};
  const exercise::Map out = along_time(map, {1, 10, 100, 1000});
  report.near("along_time, frame 0", {3210, 1000 + 0}, out[0]);
  report.near("along_time, frame 1", {4321, 100}, out[1]);
  report.near("along_time, frame 2", {5432, 10}, out[2]);
  report.near("along_time, frame 3", {543, 1}, out[3]);
  report.near("along_time, frame 4", {54, 0}, out[4]);
}
