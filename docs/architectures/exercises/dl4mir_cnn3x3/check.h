// Odd extents, windows of 4, values below zero, and the frames of the network.
inline void check(exercise::Report& report) {
  report.near("max_pool_same({3, 1, 2, 5}, 2)", {3, 5}, max_pool_same({3, 1, 2, 5}, 2));
  report.near("max_pool_same({3, 1, 2, 5, -4}, 2): one value in the last window", {3, 5, -4},
              max_pool_same({3, 1, 2, 5, -4}, 2));
  report.near("max_pool_same({7, 1, 2, 9, 3, 8}, 4): one beyond either edge", {7, 9},
              max_pool_same({7, 1, 2, 9, 3, 8}, 4));
  report.near("max_pool_same({1, 2, 3, 9, 5}, 4): one beyond the first edge, two beyond the last", {3, 9},
              max_pool_same({1, 2, 3, 9, 5}, 4));
  exercise::Sequence frames(625, 1.0f);
  std::vector<int> extents;
  for (int layer = 0; layer < 5 && !frames.empty(); ++layer) {
    frames = max_pool_same(frames, 2);
    extents.push_back(static_cast<int>(frames.size()));
  }
  report.equal("frames behind each of five poolings of 2", {313, 157, 79, 40, 20}, extents);
}
