#include <algorithm>
#include <fmt/format.h>

#include "train/data/label_set.h"
#include "train/eval/intervals.h"
#include "train/pictures/line_chart.h"
#include "train/report/bar_chart.h"
#include "train/report/sections.h"
#include "train/report/sortable_table.h"

namespace sonograd::train::report {
namespace {

constexpr std::size_t kBins = 20;
constexpr std::size_t kMostPoints =
    1000;  // of a curve; with more, those that are next to each other are left out
/// Fewer clips with or without a label make the interval of its ROC-AUC worth showing.
constexpr std::size_t kFewClips = 30;

Markup number_cell(const std::optional<double>& value) {
  if (!value) return element("td", {{"data-value", ""}}, fixed_number(value));
  return element("td",
                 {{"class", "meter"},
                  {"data-value", fmt::format("{}", *value)},
                  {"style", fmt::format("--v:{:.3f}", std::clamp(*value, 0.0, 1.0))}},
                 fixed_number(value));
}

Markup plain_cell(double value) {
  return element("td", {{"data-value", fmt::format("{}", value)}}, fixed_number(value, 2));
}

/// With the 95 % interval: below the number where few clips make it wide, else as a hint. Steps of a clip depend on each other, so
/// that the interval of their number would be too narrow: they have none.
Markup roc_auc_cell(const TagScores& tag, std::size_t clips, bool has_steps) {
  if (!tag.roc_auc || has_steps) return number_cell(tag.roc_auc);
  const Interval interval = roc_auc_interval(*tag.roc_auc, tag.support, clips - tag.support);
  const std::string text = fmt::format("{:.2f}–{:.2f}", interval.low, interval.high);
  const bool is_wide = std::min(tag.support, clips - tag.support) < kFewClips;
  return element("td",
                 {{"class", "meter"},
                  {"data-value", fmt::format("{}", *tag.roc_auc)},
                  {"title", fmt::format("95 % interval {}", text)},
                  {"style", fmt::format("--v:{:.3f}", *tag.roc_auc)}},
                 fixed_number(tag.roc_auc), is_wide ? element("small", {}, text) : Markup());
}

std::string figure_id(std::size_t label) {
  return fmt::format("label-{}", label);
}

Markup table_of(const TestScores& test) {
  Markup rows;
  for (std::size_t label = 0; label < test.labels.size(); ++label) {
    const TagScores& scores = test.evaluation.tags.tags[label];
    const std::optional<double> f1 = test.one_label() ? test.evaluation.confusion->f1(label) : scores.f1;
    Markup cells =
        join(element("th", {{"scope", "row"}, {"data-value", test.labels[label]}},
                     element("a", {{"href", fmt::format("#{}", figure_id(label))}}, test.labels[label])),
             element("td", {{"data-value", std::to_string(scores.support)}},
                     short_number(static_cast<double>(scores.support))),
             roc_auc_cell(scores, test.evaluation.clips(), test.evaluation.has_steps),
             number_cell(scores.average_precision), number_cell(f1));
    if (const auto& fitted = test.evaluation.fitted) {
      cells.add(number_cell(fitted->f1[label])).add(plain_cell(fitted->thresholds[label]));
    }
    rows.add(element("tr", {}, cells));
  }
  Markup head = join(sortable_heading(test.one_label() ? "class" : "tag", "text"),
                     sortable_heading(test.examples(), "number"), sortable_heading("ROC-AUC", "number"),
                     sortable_heading("PR-AUC", "number"),
                     sortable_heading(test.one_label() ? "F1" : "F1 at 0.5", "number"));
  if (test.evaluation.fitted)
    head.add(sortable_heading("F1 fitted", "number")).add(sortable_heading("threshold", "number"));
  return sortable_table("label-table", head, rows, test.labels.size(), test.one_label() ? "classes" : "tags");
}

/// Scores of the clips whose target is positive, or of the others, as shares of that group.
std::vector<double> shares(const std::vector<float>& targets, const std::vector<float>& scores,
                           bool positive) {
  std::vector<double> values;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if ((targets[i] >= kPositiveGrade) == positive) values.push_back(scores[i]);
  }
  std::vector<double> heights = histogram(values, 0, 1, kBins);
  for (double& height : heights) height /= std::max<double>(1, static_cast<double>(values.size()));
  return heights;
}

Markup figures_of(const std::string& id, const std::string& name, const std::vector<float>& targets,
                  const std::vector<float>& scores, const std::optional<double>& pr_auc,
                  const std::string& threshold) {
  const auto positives = static_cast<double>(
      std::ranges::count_if(targets, [](float target) { return target >= kPositiveGrade; }));
  const double prevalence = targets.empty() ? 0 : positives / static_cast<double>(targets.size());
  Series curve{.name = "", .points = {}, .colour = 1, .steps = true};
  const std::vector<OperatingPoint> points = precision_recall_curve(targets, scores);
  const double distance = points.size() > kMostPoints ? 1.0 / kMostPoints : 0;
  for (const OperatingPoint& point : points) {
    const bool is_far = curve.points.empty() || point.recall - curve.points.back().x >= distance;
    if (is_far || &point == &points.back()) curve.points.push_back({point.recall, point.precision});
  }
  if (!curve.points.empty()) curve.points.insert(curve.points.begin(), {0, curve.points.front().y});
  const Series chance{.name = fmt::format("chance {:.2f}", prevalence),
                      .points = {{0, prevalence}, {1, prevalence}},
                      .colour = 0};
  const Markup pr_chart =
      draw(LineChart{.title = fmt::format("Precision and recall: PR-AUC {}", fixed_number(pr_auc, 3)),
                     .x = Axis::share("recall"),
                     .y = Axis::share("precision"),
                     .series = {chance, curve},
                     .hover_unit = ""});
  const Markup score_chart = draw(BarChart{
      .title = "Scores" + threshold,
      .x = Axis::share("score"),
      .y_label = "share",
      .in_percent = true,
      .up = {fmt::format("with ({})", short_number(positives)), shares(targets, scores, true)},
      .down = {fmt::format("without ({})", short_number(static_cast<double>(targets.size()) - positives)),
               shares(targets, scores, false)}});
  return element("div", {{"class", "label-figures"}, {"id", id}}, element("h3", {}, name), pr_chart,
                 score_chart);
}

std::string threshold_text(const TestScores& test, std::size_t label) {
  if (!test.evaluation.fitted) return {};
  return fmt::format(": threshold {:.2f}", test.evaluation.fitted->thresholds[label]);
}

}  // namespace

Markup labels_section(const ReportData& report) {
  if (!report.test) return {};
  const TestScores& test = *report.test;
  Markup figures = figures_of(
      "all-labels", fmt::format("all {} together", test.one_label() ? "classes" : "tags"),
      test.evaluation.targets, test.evaluation.scores, test.evaluation.tags.average_precision.micro, "");
  for (std::size_t label = 0; label < test.labels.size(); ++label) {
    figures.add(figures_of(figure_id(label), test.labels[label], test.targets_of(label),
                           test.scores_of(label), test.evaluation.tags.tags[label].average_precision,
                           threshold_text(test, label)));
  }
  return section(
      "labels", test.one_label() ? "Classes" : "Tags",
      fmt::format(
          "Scores on the test {0}. A name opens its curves; a column heading sorts. “–”: not defined, "
          "because all test {0} have the label or none has. Small numbers: 95 % interval of the ROC-AUC, "
          "after Hanley and McNeil, shown below {1} {0} with or without the label.{2}",
          test.examples(), kFewClips,
          test.evaluation.fitted ? " Threshold: the score that gave the highest F1 on the validation clips."
                                 : ""),
      element("div", {{"class", "beside"}}, table_of(test), element("div", {{"class", "figures"}}, figures)));
}

}  // namespace sonograd::train::report
