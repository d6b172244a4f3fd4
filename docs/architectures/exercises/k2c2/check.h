// The budgets of 0.1, 1 and 3 million.
inline void check(exercise::Report& report) {
  report.equal("parameters({}, 50): a dense layer on one number", 100, parameters({}, 50));
  report.equal("parameters({20}, 1)", 221, parameters({20}, 1));
  report.equal("parameters({20, 41, 41, 62, 83}, 50)", 96328, parameters({20, 41, 41, 62, 83}, 50));
  report.equal("parameters({67, 135, 135, 203, 271}, 50)", 1002206, parameters({67, 135, 135, 203, 271}, 50));
  report.equal("parameters({118, 236, 236, 355, 473}, 50)", 3043331,
               parameters({118, 236, 236, 355, 473}, 50));
}
