// Scores of classifiers as scikit-learn defines them, in double, O(n log n).
//
// Tags: targets and scores are row-major [clips, tags]. A graded target is positive from kPositiveGrade on.
// A tag with one class only has no ROC-AUC and no average precision here: it is std::nullopt and stays out of
// the macro and weighted means (Hanley & McNeil 1982 for the rank form of ROC-AUC).
// Every function throws ShapeError when sizes disagree and Error when a score is NaN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sonograd::train {

/// Share of positive-negative pairs that the scores order correctly, equal scores counting one half:
/// (Σ mid-ranks of positives − P(P+1)/2) / (P·N).
std::optional<double> roc_auc(std::span<const float> targets, std::span<const float> scores);

/// Σ (R_k − R_{k−1})·precision_k over distinct scores in descending order, without interpolation: PR-AUC.
std::optional<double> average_precision(std::span<const float> targets, std::span<const float> scores);

/// Recall and precision of one threshold.
struct OperatingPoint {
  double recall = 0, precision = 0;
};

/// One point per distinct score, highest first, so recall rises: average_precision is the area under the steps
/// through them. Empty for a tag with one class only.
std::vector<OperatingPoint> precision_recall_curve(std::span<const float> targets,
                                                   std::span<const float> scores);

/// 2·tp / (2·tp + fp + fn) with a score >= threshold predicting the tag; 0 without positives and predictions.
double f1_score(std::span<const float> targets, std::span<const float> scores, float threshold = 0.5f);

/// One metric over all tags.
struct Averages {
  std::optional<double> macro;     ///< plain mean over tags with two classes
  std::optional<double> micro;     ///< over the whole matrix as one list
  std::optional<double> weighted;  ///< mean over tags with two classes, weighted by support
};

struct TagScores {
  std::size_t support = 0;  ///< positive clips
  std::optional<double> roc_auc, average_precision;
  std::optional<double> f1;  ///< like the others, only for tags with two classes
};

struct TagMetrics {
  std::vector<TagScores> tags;
  Averages roc_auc, average_precision, f1;
  std::size_t one_class_tags = 0;  ///< left out of macro and weighted means
};

TagMetrics tag_metrics(std::span<const float> targets, std::span<const float> scores, std::size_t n_tags,
                       float threshold = 0.5f);

/// F1 with a threshold per tag, beside the one with 0.5 for all.
struct ThresholdScores {
  std::vector<double> thresholds;         ///< per tag
  std::vector<std::optional<double>> f1;  ///< per tag; like TagScores::f1, only for tags with two classes
  Averages averages;  ///< micro: all decisions as one list, each with the threshold of its tag
};

/// Throws ShapeError also unless there is one threshold per tag, at least one.
ThresholdScores threshold_scores(std::span<const float> targets, std::span<const float> scores,
                                 std::span<const double> thresholds);

/// Counts [truth, predicted], row-major, of the class with the highest score (the lowest index among equals).
struct ConfusionMatrix {
  std::size_t n_classes = 0;
  std::vector<std::size_t> counts;

  std::size_t at(std::size_t truth, std::size_t predicted) const {
    return counts[truth * n_classes + predicted];
  }
  /// Share of clips on the diagonal; none for an empty matrix.
  std::optional<double> accuracy() const;
  /// One-against-rest F1 of a class; none when it is neither a truth nor a prediction.
  std::optional<double> f1(std::size_t label) const;
  /// Means over the classes that have an F1; micro equals the accuracy.
  Averages f1() const;
  /// Clips whose truth is `label`.
  std::size_t support(std::size_t label) const;
};

/// The class of each row of one-hot targets [clips, n_classes].
std::vector<std::int32_t> classes_of(std::span<const float> targets, std::size_t n_classes);

/// `truths` are class indices below `n_classes`, `scores` is [clips, n_classes].
/// Throws ShapeError also for an index out of range.
ConfusionMatrix confusion_matrix(std::span<const std::int32_t> truths, std::span<const float> scores,
                                 std::size_t n_classes);

}  // namespace sonograd::train
