// Ten genres, and a network that is ever more sure of genre 3, the right one.
inline void check(exercise::Report& report) {
  const auto logits = [](float size) {
    exercise::Sequence all(10, -size);
    all[3] = size;
    return all;
  };
  report.near("cross_entropy, logits of 0: ln 10", std::log(10), cross_entropy(logits(0), 3));
  report.near("cross_entropy, logits of 5 and -5", std::log1p(9 * std::exp(-10.0)),
              cross_entropy(logits(5), 3), 1e-6);
  report.near("cross_entropy for a wrong genre", 10 + std::log1p(9 * std::exp(-10.0)),
              cross_entropy(logits(5), 0));
  report.near("loss_of_sigmoids, logits of 0: ln 10", std::log(10), loss_of_sigmoids(logits(0), 3));
  report.near("loss_of_sigmoids, logits of 80 and -80: its limit", std::log(9 + std::numbers::e) - 1,
              loss_of_sigmoids(logits(80), 3));
}
