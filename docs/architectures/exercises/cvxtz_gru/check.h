// A click in the middle: the first direction remembers it behind it, the second one before it.
inline void check(exercise::Report& report) {
  const exercise::Map rows = both_directions({0, 8, 0, 0}), last = both_directions({1, 2});
  const auto row = [](const exercise::Map& map, std::size_t t) {
    return t < map.size() ? map[t] : exercise::Sequence();
  };
  report.equal("both_directions({0, 8, 0, 0}): number of rows", 4, static_cast<long>(rows.size()));
  report.near("both_directions({0, 8, 0, 0})[0]", {0, 4}, row(rows, 0));
  report.near("both_directions({0, 8, 0, 0})[1]", {8, 8}, row(rows, 1));
  report.near("both_directions({0, 8, 0, 0})[3]", {2, 0}, row(rows, 3));
  report.near("both_directions({1, 2})[0]", {1, 2}, row(last, 0));
  report.near("both_directions({1, 2})[1]", {2.5f, 2}, row(last, 1));
}
