#include "train/report/verdict.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "train/eval/intervals.h"
#include "train/pictures/plot.h"

namespace sonograd::train::report {
namespace {

constexpr std::size_t kWeakest = 3;
/// With fewer clips the interval of the ROC-AUC of a label is wide, or the network saw few examples of it.
constexpr std::size_t kFewTest = 10, kFewTraining = 30;

std::string number_of(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", short_number(static_cast<double>(count)), count == 1 ? one : many);
}

/// Mean share of the clips with a tag: the PR-AUC of random scores.
double chance_pr_auc(const TestScores& test) {
  double sum = 0, count = 0;
  for (const TagScores& tag : test.evaluation.tags.tags) {
    if (!tag.average_precision) continue;
    sum += static_cast<double>(tag.support) / static_cast<double>(test.evaluation.clips());
    count += 1;
  }
  return count == 0 ? 0 : sum / count;
}

std::string steps_sentence(const TestScores& test) {
  std::string text = fmt::format("Labels have times, and the examples are {} steps of the network. ",
                                 test.evaluation.clips());
  if (test.one_label()) {
    const ConfusionMatrix& matrix = *test.evaluation.confusion;
    std::size_t largest = 0;
    for (std::size_t label = 0; label < matrix.n_classes; ++label)
      largest = std::max(largest, matrix.support(label));
    return text + fmt::format(
                      "The label is right in {:.1f} % of them; the most frequent one alone would be in "
                      "{:.1f} %.",
                      100 * *test.evaluation.accuracy(),
                      100 * static_cast<double>(largest) / static_cast<double>(test.evaluation.clips()));
  }
  if (test.evaluation.roc_auc()) {
    text += fmt::format("A step with a tag has a higher score than one without it in {:.0f} of 100 cases.",
                        100 * *test.evaluation.roc_auc());
  }
  return text;
}

std::string tags_sentence(const TestScores& test) {
  const Evaluation& scores = test.evaluation;
  std::string text = fmt::format(
      "The network finds the tags of {} {}: of a clip with a tag and one without it, it gives the first the "
      "higher score in {:.0f} of 100 cases (ROC-AUC {:.3f}; chance: 50).",
      number_of(scores.clips(), "test clip", "test clips"), grade_of(*scores.roc_auc()),
      100 * *scores.roc_auc(), *scores.roc_auc());
  if (const double chance = chance_pr_auc(test); scores.pr_auc() && chance > 0) {
    text += fmt::format(" PR-AUC is {:.3f}, {:.1f} times that of chance ({:.3f}).", *scores.pr_auc(),
                        *scores.pr_auc() / chance, chance);
  }
  if (scores.f1_fitted() && scores.f1()) {
    text += fmt::format(
        " With the thresholds fitted on the validation clips F1 is {:.3f}, with 0.5 for every tag {:.3f}.",
        *scores.f1_fitted(), *scores.f1());
  }
  return text;
}

std::string classes_sentence(const TestScores& test) {
  const ConfusionMatrix& matrix = *test.evaluation.confusion;
  std::size_t largest = 0, right = 0;
  for (std::size_t label = 0; label < matrix.n_classes; ++label) {
    largest = std::max(largest, matrix.support(label));
    right += matrix.at(label, label);
  }
  const auto clips = static_cast<double>(test.evaluation.clips());
  const Interval interval = share_interval(right, test.evaluation.clips());
  const double chance = static_cast<double>(largest) / clips;
  const char* const relation = interval.low > chance    ? "better than"
                               : interval.high < chance ? "worse than"
                                                        : "not clearly different from";
  return fmt::format(
      "The network classifies {} of {} correctly: {:.0f} % (95 % interval {:.0f} to {:.0f} %), {} the {:.0f} "
      "% "
      "of always answering the most frequent class.",
      right, number_of(test.evaluation.clips(), "test clip", "test clips"), 100 * *matrix.accuracy(),
      100 * interval.low, 100 * interval.high, relation, 100 * chance);
}

std::size_t training_clips(const ReportData& report, std::size_t label) {
  return report.data && label < report.data->parts[0].support.size() ? report.data->parts[0].support[label]
                                                                     : kFewTraining;
}

std::string reason_for(const ReportData& report, std::size_t label) {
  const TestScores& test = *report.test;
  const TagScores& tag = test.evaluation.tags.tags[label];
  const Interval interval =
      roc_auc_interval(*tag.roc_auc, tag.support, test.evaluation.clips() - tag.support);
  std::vector<std::string> reasons;
  if (const std::size_t clips = training_clips(report, label); clips < kFewTraining)
    reasons.push_back(fmt::format("{} to learn from", number_of(clips, "clip", "clips")));
  if (tag.support < kFewTest)
    reasons.push_back(fmt::format("only {}", number_of(tag.support, "test clip", "test clips")));
  const std::string_view chance = relation_to_chance(interval);
  if (!chance.empty()) reasons.emplace_back(chance);
  if (reasons.empty()) reasons.push_back("enough clips, but its sound varies or its labels are uneven");
  return fmt::format("{} ({:.2f}, 95 % interval {:.2f} to {:.2f}: {})", test.labels[label], *tag.roc_auc,
                     interval.low, interval.high, fmt::join(reasons, ", "));
}

std::string retrieval_sentence(const Evaluation& scores) {
  const RetrievalScores& retrieval = *scores.retrieval;
  if (!retrieval.recall[0]) return {};
  std::string text = fmt::format(
      "The network was trained to place clips with labels in common near each other. Of the labels of {}, "
      "the "
      "nearest other clip has {:.0f} % on average, and one of the {} nearest {:.0f} %.",
      number_of(retrieval.queries, "test clip", "test clips"), 100 * *retrieval.recall[0], kRecallAt.back(),
      100 * *retrieval.recall.back());
  if (retrieval.triplet_accuracy)
    text += fmt::format(
        " A clip is nearer to one with a label in common than to one without it in {:.0f} of 100 cases "
        "(chance: 50).",
        100 * *retrieval.triplet_accuracy);
  return text;
}

std::string weakest_sentence(const ReportData& report) {
  const TestScores& test = *report.test;
  std::vector<std::size_t> order;
  for (std::size_t label = 0; label < test.labels.size(); ++label)
    if (test.evaluation.tags.tags[label].roc_auc) order.push_back(label);
  if (order.size() < 2) return {};
  std::ranges::stable_sort(order, {},
                           [&](std::size_t label) { return *test.evaluation.tags.tags[label].roc_auc; });
  order.resize(std::min(kWeakest, order.size() - 1));
  std::vector<std::string> texts;
  for (const std::size_t label : order) texts.push_back(reason_for(report, label));
  return fmt::format("Weakest by ROC-AUC: {}.", fmt::join(texts, "; "));
}

std::string training_sentence(const ReportData& report) {
  const auto loss_of = [](const EpochReport& epoch) {
    return epoch.valid_loss.value_or(std::numeric_limits<double>::infinity());
  };
  const auto best = std::ranges::min_element(report.epochs, {}, loss_of);
  if (best == report.epochs.end()) return {};
  if (!best->valid_loss)
    return "There are no validation clips: the last epoch was kept, and no thresholds are fitted.";
  const EpochReport& last = report.epochs.back();
  if (best->epoch == last.epoch)
    return "The validation loss was still falling at the last epoch: more epochs can help. From the weights "
           "of "
           "this run, with its folder as RUN: sonograd train --config RUN/config.toml "
           "--init RUN/best.safetensors --epochs N --out NEW_RUN.";
  return fmt::format(
      "The validation loss was lowest after epoch {} of {}, which is the one that was kept; the {} after it "
      "did not help.",
      best->epoch, last.epoch,
      number_of(static_cast<std::size_t>(last.epoch - best->epoch), "epoch", "epochs"));
}

}  // namespace

std::string_view grade_of(double roc_auc) {
  return roc_auc >= 0.95   ? "very well"
         : roc_auc >= 0.85 ? "well"
         : roc_auc >= 0.7  ? "moderately well"
         : roc_auc >= 0.6  ? "a little better than chance"
         : roc_auc > 0.5   ? "hardly better than chance"
         : roc_auc > 0.4   ? "no better than chance"
                           : "worse than chance";
}

std::string_view relation_to_chance(const Interval& interval) {
  return interval.low > 0.5    ? ""
         : interval.high < 0.5 ? "worse than chance: clips without the label get the higher scores"
                               : "not distinguishable from chance";
}

std::vector<std::string> verdict(const ReportData& report) {
  std::vector<std::string> sentences;
  if (report.test) {
    const TestScores& test = *report.test;
    if (test.evaluation.has_steps) {
      sentences.push_back(steps_sentence(test));
    } else if (test.one_label()) {
      sentences.push_back(classes_sentence(test));
    } else if (test.evaluation.roc_auc()) {
      sentences.push_back(tags_sentence(test));
    }
    if (!test.evaluation.has_steps) sentences.push_back(weakest_sentence(report));
  }
  if (report.retrieval) sentences.push_back(retrieval_sentence(*report.retrieval));
  sentences.push_back(training_sentence(report));
  std::erase(sentences, "");
  return sentences;
}

}  // namespace sonograd::train::report
