// Two genres. One step is sure of the first, two steps lean to the second: the two means disagree.
inline void check(exercise::Report& report) {
  const exercise::Map one = {{1, 1}}, steps = {{10, 0}, {0, 2}, {0, 2}};
  report.near("from_mean_of_logits({{1, 1}})", {0.5f, 0.5f}, from_mean_of_logits(one));
  report.near("from_mean_of_probabilities({{1, 1}})", {0.5f, 0.5f}, from_mean_of_probabilities(one));
  report.near("from_mean_of_logits({{10, 0}, {0, 2}, {0, 2}}): the first genre", {0.880797f, 0.119203f},
              from_mean_of_logits(steps));
  report.near("from_mean_of_probabilities({{10, 0}, {0, 2}, {0, 2}}): the second genre",
              {0.412787f, 0.587213f}, from_mean_of_probabilities(steps));
}
