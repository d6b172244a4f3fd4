#include <algorithm>
#include <fmt/format.h>

#include "train/data/label_set.h"
#include "train/report/bar_chart.h"
#include "train/report/line_chart.h"
#include "train/report/sections.h"
#include "train/report/sortable_table.h"

namespace sonograd::train::report {
namespace {

constexpr std::size_t kBins = 20;

Markup number_cell(const std::optional<double>& value) {
  if (!value) return element("td", {{"data-value", ""}}, fixed_number(value));
  return element("td",
                 {{"class", "meter"},
                  {"data-value", fmt::format("{}", *value)},
                  {"style", fmt::format("--v:{:.3f}", std::clamp(*value, 0.0, 1.0))}},
                 fixed_number(value));
}

std::string figure_id(std::size_t label) {
  return fmt::format("label-{}", label);
}

Markup table_of(const TestScores& test) {
  Markup rows;
  for (std::size_t label = 0; label < test.labels.size(); ++label) {
    const TagScores& scores = test.evaluation.tags.tags[label];
    const std::optional<double> f1 = test.one_label() ? test.evaluation.confusion->f1(label) : scores.f1;
    rows.add(
        element("tr", {},
                element("th", {{"scope", "row"}, {"data-value", test.labels[label]}},
                        element("a", {{"href", fmt::format("#{}", figure_id(label))}}, test.labels[label])),
                element("td", {{"data-value", std::to_string(scores.support)}},
                        short_number(static_cast<double>(scores.support))),
                number_cell(scores.roc_auc), number_cell(scores.average_precision), number_cell(f1)));
  }
  const Markup head = join(sortable_heading(test.one_label() ? "class" : "tag", "text"),
                           sortable_heading("clips", "number"), sortable_heading("ROC-AUC", "number"),
                           sortable_heading("PR-AUC", "number"), sortable_heading("F1", "number"));
  return sortable_table("label-table", head, rows);
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
                  const std::vector<float>& scores, const std::optional<double>& pr_auc) {
  const auto positives = static_cast<double>(
      std::ranges::count_if(targets, [](float target) { return target >= kPositiveGrade; }));
  const double prevalence = targets.empty() ? 0 : positives / static_cast<double>(targets.size());
  Series curve{.name = "", .points = {}, .colour = 1, .steps = true};
  for (const OperatingPoint& point : precision_recall_curve(targets, scores)) {
    curve.points.push_back({point.recall, point.precision});
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
      .title = "Scores",
      .x = Axis::share("score"),
      .y_label = "share of the clips",
      .in_percent = true,
      .up = {fmt::format("with ({})", short_number(positives)), shares(targets, scores, true)},
      .down = {fmt::format("without ({})", short_number(static_cast<double>(targets.size()) - positives)),
               shares(targets, scores, false)}});
  return element("div", {{"class", "label-figures"}, {"id", id}}, element("h3", {}, name), pr_chart,
                 score_chart);
}

}  // namespace

Markup labels_section(const ReportData& report) {
  if (!report.test) return {};
  const TestScores& test = *report.test;
  Markup figures = figures_of(
      "all-labels", fmt::format("all {} together", test.one_label() ? "classes" : "tags"),
      test.evaluation.targets, test.evaluation.scores, test.evaluation.tags.average_precision.micro);
  for (std::size_t label = 0; label < test.labels.size(); ++label) {
    figures.add(figures_of(figure_id(label), test.labels[label], test.targets_of(label),
                           test.scores_of(label), test.evaluation.tags.tags[label].average_precision));
  }
  return section(
      "labels", test.one_label() ? "Classes" : "Tags",
      "Scores on the test clips. A name opens its curves; a column heading sorts. “–”: not defined, "
      "because all test clips have the label or none has.",
      element("div", {{"class", "beside"}}, table_of(test), element("div", {{"class", "figures"}}, figures)));
}

}  // namespace sonograd::train::report
