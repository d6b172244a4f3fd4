// An impulse leaves a trail behind it in one direction, and before it in the other.
inline void check(exercise::Report& report) {
  const auto column = [](const exercise::Map& rows, std::size_t which) {
    exercise::Sequence all;
    for (const exercise::Sequence& row : rows) all.push_back(row.size() == 2 ? row[which] : -1);
    return all;
  };
  const exercise::Map impulse = both_directions({0.5f}, {0.1f}, {0, 1, 0, 0});
  report.near("forward states of {0, 1, 0, 0}", {0, 1, 0.5f, 0.25f}, column(impulse, 0));
  report.near("states from the end of {0, 1, 0, 0}", {0.1f, 1, 0, 0}, column(impulse, 1));
  const exercise::Map sums = both_directions({1}, {1}, {1, 2, 3});
  report.near("forward sums of {1, 2, 3}", {1, 3, 6}, column(sums, 0));
  report.near("sums of {1, 2, 3} from the end", {6, 5, 3}, column(sums, 1));
}
