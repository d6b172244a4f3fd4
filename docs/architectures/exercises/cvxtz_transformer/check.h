// Two waves: one turn in 6.3 frames, and one in 628.
inline void check(exercise::Report& report) {
  const exercise::Map rows = positions(101, 4);
  const auto row = [&](std::size_t s) { return s < rows.size() ? rows[s] : exercise::Sequence(); };
  report.equal("positions(101, 4): number of rows", 101, static_cast<long>(rows.size()));
  report.near("positions(101, 4)[0]", {0, 1, 0, 1}, row(0));
  report.near("positions(101, 4)[1]", {0.841471f, 0.540302f, 0.00999983f, 0.99995f}, row(1));
  report.near("positions(101, 4)[100]", {-0.506366f, 0.862319f, 0.841471f, 0.540302f}, row(100));
}
