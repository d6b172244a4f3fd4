// Two frames, and a table of four positions.
inline void check(exercise::Report& report) {
  const Map frames = {{1, 2}, {3, 4}}, positions = {{0.5f, 0}, {0, 10}, {100, 0}, {7, 7}};
  const Map x = tokens(frames, {-1, -2}, positions);
  report.equal("tokens of two frames", 3, static_cast<long>(x.size()));
  const auto row = [&](std::size_t i) { return i < x.size() ? x[i] : Sequence(); };
  report.near("token 0: the class token plus row 0", {-0.5f, -2}, row(0));
  report.near("token 1: frame 0 plus row 1", {1, 12}, row(1));
  report.near("token 2: frame 1 plus row 2", {103, 4}, row(2));
  report.near("a clip of one frame", {3, 14}, [&] {
    const Map one = tokens({{3, 4}}, {-1, -2}, positions);
    return one.size() == 2 ? one[1] : Sequence();
  }());
  report.near("summary of three tokens", {8, 9}, summary({{8, 9}, {1, 2}, {3, 4}}));
}
