// The order of divisions does not matter: floor(floor(n / a) / b) = floor(n / (a b)).
inline void check(exercise::Report& report) {
  report.equal("frames_behind(1366, {})", 1366, frames_behind(1366, {}));
  report.equal("frames_behind(1366, {4, 4})", 85, frames_behind(1366, {4, 4}));
  report.equal("frames_behind(1366, {4, 4, 4, 4, 4})", 1, frames_behind(1366, {4, 4, 4, 4, 4}));
  report.equal("fours_that_leave_one(6, 2): two poolings of 2", std::vector<int>{0},
               fours_that_leave_one(6, 2));
  report.equal("fours_that_leave_one(1366, 5)", std::vector<int>{5}, fours_that_leave_one(1366, 5));
  report.equal("fours_that_leave_one(1366, 6)", std::vector<int>{4}, fours_that_leave_one(1366, 6));
}
