#include "train/eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tensor/support/error.h"
#include "train/data/label_set.h"

namespace sonograd::train {
namespace {

void check(std::span<const float> targets, std::span<const float> scores) {
  if (targets.size() != scores.size()) {
    throw ShapeError(concat("[metrics] expected one score per target, got ", targets.size(), " targets and ",
                            scores.size(), " scores"));
  }
  const auto nan = std::find_if(scores.begin(), scores.end(), [](float score) { return std::isnan(score); });
  if (nan != scores.end()) throw Error(concat("[metrics] score ", nan - scores.begin(), " is NaN"));
}

bool is_positive(float target) {
  return target >= kPositiveGrade;
}

/// Items that share one score.
struct Tie {
  double positives = 0, negatives = 0;
};

/// All items grouped by score, highest first.
struct Ranking {
  std::vector<Tie> ties;
  double positives = 0, negatives = 0;

  bool has_both_classes() const { return positives > 0 && negatives > 0; }
};

Ranking rank(std::span<const float> targets, std::span<const float> scores) {
  check(targets, scores);
  std::vector<std::pair<float, bool>> items(targets.size());
  for (std::size_t i = 0; i < items.size(); ++i) items[i] = {scores[i], is_positive(targets[i])};
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first > b.first; });

  Ranking ranking;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i == 0 || items[i].first != items[i - 1].first) ranking.ties.emplace_back();
    Tie& tie = ranking.ties.back();
    (items[i].second ? tie.positives : tie.negatives) += 1;
    (items[i].second ? ranking.positives : ranking.negatives) += 1;
  }
  return ranking;
}

std::optional<double> roc_auc(const Ranking& ranking) {
  if (!ranking.has_both_classes()) return std::nullopt;
  double pairs = 0;
  double negatives_below = ranking.negatives;
  for (const Tie& tie : ranking.ties) {
    negatives_below -= tie.negatives;
    pairs += tie.positives * (negatives_below + 0.5 * tie.negatives);
  }
  return pairs / (ranking.positives * ranking.negatives);
}

std::vector<OperatingPoint> precision_recall_curve(const Ranking& ranking) {
  std::vector<OperatingPoint> points;
  if (!ranking.has_both_classes()) return points;
  double found = 0;
  double seen = 0;
  for (const Tie& tie : ranking.ties) {
    found += tie.positives;
    seen += tie.positives + tie.negatives;
    points.push_back({.recall = found / ranking.positives, .precision = found / seen});
  }
  return points;
}

std::optional<double> average_precision(const Ranking& ranking) {
  if (!ranking.has_both_classes()) return std::nullopt;
  double sum = 0;
  double found = 0;
  double seen = 0;
  for (const Tie& tie : ranking.ties) {
    found += tie.positives;
    seen += tie.positives + tie.negatives;
    sum += tie.positives * (found / seen);
  }
  return sum / ranking.positives;
}

struct Outcomes {
  double true_positives = 0, false_positives = 0, false_negatives = 0;

  void add(bool truth, bool predicted) {
    true_positives += truth && predicted;
    false_positives += !truth && predicted;
    false_negatives += truth && !predicted;
  }
  std::optional<double> f1() const {
    const double wrong = false_positives + false_negatives;
    if (true_positives + wrong == 0) return std::nullopt;
    return 2 * true_positives / (2 * true_positives + wrong);
  }
};

/// Means of one value per label, the weights being the supports; labels without a value are passed over.
class MeanOverLabels {
 public:
  void add(std::optional<double> value, std::size_t support) {
    if (!value) return;
    const auto weight = static_cast<double>(support);
    sum_ += *value;
    count_ += 1;
    weighted_sum_ += weight * *value;
    weights_ += weight;
  }
  Averages with_micro(std::optional<double> micro) const {
    Averages averages{.micro = micro};
    if (count_ > 0) averages.macro = sum_ / count_;
    if (weights_ > 0) averages.weighted = weighted_sum_ / weights_;
    return averages;
  }

 private:
  double sum_ = 0, count_ = 0, weighted_sum_ = 0, weights_ = 0;
};

}  // namespace

std::optional<double> roc_auc(std::span<const float> targets, std::span<const float> scores) {
  return roc_auc(rank(targets, scores));
}

std::optional<double> average_precision(std::span<const float> targets, std::span<const float> scores) {
  return average_precision(rank(targets, scores));
}

std::vector<OperatingPoint> precision_recall_curve(std::span<const float> targets,
                                                   std::span<const float> scores) {
  return precision_recall_curve(rank(targets, scores));
}

double f1_score(std::span<const float> targets, std::span<const float> scores, float threshold) {
  check(targets, scores);
  Outcomes outcomes;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    outcomes.add(is_positive(targets[i]), scores[i] >= threshold);
  }
  return outcomes.f1().value_or(0.0);
}

TagMetrics tag_metrics(std::span<const float> targets, std::span<const float> scores, std::size_t n_tags,
                       float threshold) {
  if (n_tags == 0 || targets.size() % n_tags != 0) {
    throw ShapeError(concat("[metrics] ", targets.size(), " targets are no matrix of ", n_tags, " tags"));
  }
  check(targets, scores);
  const std::size_t n_clips = targets.size() / n_tags;
  std::vector<float> column_targets(n_clips);
  std::vector<float> column_scores(n_clips);

  TagMetrics metrics;
  MeanOverLabels roc_aucs;
  MeanOverLabels precisions;
  MeanOverLabels f1s;
  for (std::size_t tag = 0; tag < n_tags; ++tag) {
    for (std::size_t clip = 0; clip < n_clips; ++clip) {
      column_targets[clip] = targets[clip * n_tags + tag];
      column_scores[clip] = scores[clip * n_tags + tag];
    }
    const Ranking ranking = rank(column_targets, column_scores);
    TagScores tag_scores{.support = static_cast<std::size_t>(ranking.positives)};
    if (ranking.has_both_classes()) {
      tag_scores.roc_auc = roc_auc(ranking);
      tag_scores.average_precision = average_precision(ranking);
      tag_scores.f1 = f1_score(column_targets, column_scores, threshold);
    } else {
      ++metrics.one_class_tags;
    }
    roc_aucs.add(tag_scores.roc_auc, tag_scores.support);
    precisions.add(tag_scores.average_precision, tag_scores.support);
    f1s.add(tag_scores.f1, tag_scores.support);
    metrics.tags.push_back(tag_scores);
  }

  const Ranking all = rank(targets, scores);
  metrics.roc_auc = roc_aucs.with_micro(roc_auc(all));
  metrics.average_precision = precisions.with_micro(average_precision(all));
  metrics.f1 = f1s.with_micro(f1_score(targets, scores, threshold));
  return metrics;
}

ThresholdScores threshold_scores(std::span<const float> targets, std::span<const float> scores,
                                 std::span<const double> thresholds) {
  const std::size_t tags = thresholds.size();
  if (tags == 0 || targets.size() % tags != 0) {
    throw ShapeError(concat("[metrics] ", targets.size(), " targets are no matrix of ", tags, " tags"));
  }
  check(targets, scores);
  ThresholdScores result{.thresholds = {thresholds.begin(), thresholds.end()}, .f1 = {}, .averages = {}};
  Outcomes all;
  MeanOverLabels mean;
  for (std::size_t tag = 0; tag < tags; ++tag) {
    Outcomes outcomes;
    std::size_t positives = 0, clips = 0;
    for (std::size_t i = tag; i < targets.size(); i += tags, ++clips) {
      const bool truth = is_positive(targets[i]);
      positives += truth;
      outcomes.add(truth, scores[i] >= thresholds[tag]);
      all.add(truth, scores[i] >= thresholds[tag]);
    }
    std::optional<double> f1;
    if (positives > 0 && positives < clips) f1 = outcomes.f1().value_or(0.0);
    mean.add(f1, positives);
    result.f1.push_back(f1);
  }
  result.averages = mean.with_micro(all.f1().value_or(0.0));
  return result;
}

std::vector<std::int32_t> classes_of(std::span<const float> targets, std::size_t n_classes) {
  std::vector<std::int32_t> classes;
  for (std::size_t at = 0; at < targets.size(); at += n_classes) {
    const auto row = targets.subspan(at, n_classes);
    classes.push_back(static_cast<std::int32_t>(std::ranges::max_element(row) - row.begin()));
  }
  return classes;
}

ConfusionMatrix confusion_matrix(std::span<const std::int32_t> truths, std::span<const float> scores,
                                 std::size_t n_classes) {
  if (n_classes == 0 || scores.size() != truths.size() * n_classes) {
    throw ShapeError(
        concat("[metrics] expected scores [", truths.size(), ", ", n_classes, "], got ", scores.size()));
  }
  check(scores, scores);
  ConfusionMatrix matrix{n_classes, std::vector<std::size_t>(n_classes * n_classes, 0)};
  for (std::size_t clip = 0; clip < truths.size(); ++clip) {
    const auto truth = static_cast<std::size_t>(truths[clip]);
    if (truth >= n_classes) {
      throw ShapeError(
          concat("[metrics] class of clip ", clip, " is ", truths[clip], ", there are ", n_classes));
    }
    const auto row = scores.subspan(clip * n_classes, n_classes);
    const auto predicted = static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
    ++matrix.counts[truth * n_classes + predicted];
  }
  return matrix;
}

std::optional<double> ConfusionMatrix::accuracy() const {
  std::size_t right = 0;
  std::size_t all = 0;
  for (std::size_t label = 0; label < n_classes; ++label) {
    right += at(label, label);
    all += support(label);
  }
  if (all == 0) return std::nullopt;
  return static_cast<double>(right) / static_cast<double>(all);
}

std::size_t ConfusionMatrix::support(std::size_t label) const {
  std::size_t sum = 0;
  for (std::size_t predicted = 0; predicted < n_classes; ++predicted) sum += at(label, predicted);
  return sum;
}

std::optional<double> ConfusionMatrix::f1(std::size_t label) const {
  Outcomes outcomes{.true_positives = static_cast<double>(at(label, label))};
  for (std::size_t other = 0; other < n_classes; ++other) {
    if (other == label) continue;
    outcomes.false_positives += static_cast<double>(at(other, label));
    outcomes.false_negatives += static_cast<double>(at(label, other));
  }
  return outcomes.f1();
}

Averages ConfusionMatrix::f1() const {
  MeanOverLabels mean;
  for (std::size_t label = 0; label < n_classes; ++label) mean.add(f1(label), support(label));
  return mean.with_micro(accuracy());
}

}  // namespace sonograd::train
