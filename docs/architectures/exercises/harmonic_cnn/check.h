// Centres of the published network: 128 filters from C1 on, six harmonics.
inline void check(exercise::Report& report) {
  report.near("centre(0, 0), C1", 32.7032, centre(0, 0));
  report.near("centre(0, 24), an octave above", 65.4064, centre(0, 24));
  report.near("centre(1, 0), its second harmonic", 65.4064, centre(1, 0));
  report.near("centre(0, 127), the highest", 1280.975, centre(0, 127), 1e-6);
  report.near("centre(5, 127)", 7685.849, centre(5, 127), 1e-6);
  report.near("response(440, 440, 1), at the centre", 1, response(440, 440, 1));
  report.near("response(440 + 18.044, 440, 1), half way to the end", 0.5, response(458.044, 440, 1));
  report.near("response(440 - 18.044, 440, 1), below the centre", 0.5, response(421.956, 440, 1));
  report.near("response(500, 440, 1), beyond the end", 0, response(500, 440, 1));
  report.near("response(440 + 9.022, 440, 2), half the width with Q = 2", 0.5, response(449.022, 440, 2));
}
