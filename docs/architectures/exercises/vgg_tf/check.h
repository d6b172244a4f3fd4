// Extents of the published network: 187 frames of 96 bands.
inline void check(exercise::Report& report) {
  const auto extents = [](const Map& map) {
    return std::vector<int>{static_cast<int>(map.size()), map.empty() ? 0 : static_cast<int>(map[0].size())};
  };
  const Map patch(187, exercise::Sequence(96, -1.0f));
  report.equal("extents of the first block, 4 x 1 every 2", {92, 48}, extents(max_pool(patch, 4, 1, 2)));
  report.equal("extents of 2 x 2 every 2", {93, 48}, extents(max_pool(patch, 2, 2, 2)));
  report.equal("extents of 4 x 4 every 4", {46, 24}, extents(max_pool(patch, 4, 4, 4)));
  Map peak(6, exercise::Sequence(3, -1.0f));
  peak[2] = {5, 7, -9};
  const Map pooled = max_pool(peak, 4, 1, 2);
  report.equal("extents of 6 x 3 with 4 x 1 every 2", {2, 2}, extents(pooled));
  if (extents(pooled) != std::vector<int>{2, 2}) return;
  report.near("the peak is in both windows over time, without its second band", {5, -1}, pooled[0]);
  report.near("second window", {5, -1}, pooled[1]);
}
