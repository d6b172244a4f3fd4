// A layer of two channels with maps of 2 x 2, and one of a single channel with a map of 1 x 1.
inline void check(exercise::Report& report) {
  const Layer first = {{{1, 2}, {3, 4}}, {{0, 0}, {0, 8}}}, last = {{{-5}}};
  report.near("every_layer of one layer", {2.5f, 2}, every_layer({first}));
  report.near("every_layer of two layers", {2.5f, 2, -5}, every_layer({first, last}));
}
