// Three clips with the labels {a, b}, {a} and {b, c}.
inline void check(exercise::Report& report) {
  report.near("cosine({3, 4}, {4, 3})", 0.96, cosine({3, 4}, {4, 3}));
  report.near("triplet_loss that is met", 0, triplet_loss({1, 0}, {1, 0}, {0, 1}, 0.4f));
  report.near("triplet_loss that is not", 0.4 - 0.6 + 0.8, triplet_loss({1, 0}, {3, 4}, {4, 3}, 0.4f));
  const exercise::Map clips = {{1, 0}, {0.9f, 0.4f}, {0.5f, 0.9f}}, has = {{1, 1, 0}, {1, 0, 0}, {0, 1, 1}};
  report.equal("nearest clips of the first", {1, 2}, nearest(clips, 0, 2));
  report.near("recall_at(1)", (0.5 + 1 + 0) / 3, recall_at(1, clips, has));
  report.near("recall_at(2)", (1 + 1 + 0.5) / 3, recall_at(2, clips, has));
}
