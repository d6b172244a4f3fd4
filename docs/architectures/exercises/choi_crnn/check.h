// The budgets of 0.1, 1 and 3 million, and parts of a network.
inline void check(exercise::Report& report) {
  report.equal("parameters(1, 0, 0, 0): a convolution on one channel", 10, parameters(1, 0, 0, 0));
  report.equal("parameters(0, 0, 1, 0): two recurrent layers, the first without inputs", 3 * 2 + 3 * 3,
               parameters(0, 0, 1, 0));
  report.equal("parameters(30, 60, 30, 50)", 96710, parameters(30, 60, 30, 50));
  report.equal("parameters(96, 195, 96, 50)", 999005, parameters(96, 195, 96, 50));
  report.equal("parameters(169, 339, 169, 50)", 3025340, parameters(169, 339, 169, 50));
}
