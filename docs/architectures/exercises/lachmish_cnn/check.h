// The published windows, and five samples of which two are new.
inline void check(exercise::Report& report) {
  report.equal("window_count(529641, 2205, 882)", 599, window_count(529641, 2205, 882));
  report.equal("window_count(529640, 2205, 882)", 598, window_count(529640, 2205, 882));
  report.equal("window_count(2204, 2205, 882)", 0, window_count(2204, 2205, 882));
  const exercise::Map rows = windows({0, 1, 2, 3, 4, 5, 6, 7}, 5, 2);
  report.equal("windows of 8 samples: number of rows", 2, static_cast<long>(rows.size()));
  report.near("windows of 8 samples: the second", {2, 3, 4, 5, 6},
              rows.size() == 2 ? rows[1] : exercise::Sequence());
}
