#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "train/config/setting_table.h"
#include "train/config/setting_value.h"
#include "train/eval/intervals.h"
#include "train/pictures/line_chart.h"
#include "train/report/sections.h"
#include "train/report/sortable_table.h"

namespace sonograd::train::report {
namespace {

/// Two values and their difference, the second less the first.
Markup compared_row(std::string_view name, const std::optional<double>& first,
                    const std::optional<double>& second, int digits = 4) {
  if (!first && !second) return {};
  const std::string difference =
      first && second ? fmt::format("{:+.{}f}", *second - *first, digits) : std::string("–");
  return element("tr", {}, element("th", {{"scope", "row"}}, name),
                 element("td", {}, fixed_number(first, digits)),
                 element("td", {}, fixed_number(second, digits)), element("td", {}, difference));
}

Markup headline_table(const ReportData& first, const ReportData& second) {
  const auto score = [](const ReportData& report, std::optional<double> (Evaluation::*value)() const) {
    return report.test ? (report.test->evaluation.*value)() : std::nullopt;
  };
  const auto epochs = [](const ReportData& report) {
    return std::optional(static_cast<double>(report.epochs.size()));
  };
  Markup rows;
  for (const auto& [name, value] :
       {std::pair{"accuracy", &Evaluation::accuracy}, std::pair{"ROC-AUC", &Evaluation::roc_auc},
        std::pair{"PR-AUC", &Evaluation::pr_auc}, std::pair{"F1, fitted", &Evaluation::f1_fitted},
        std::pair{"F1", &Evaluation::f1}}) {
    rows.add(compared_row(name, score(first, value), score(second, value)));
  }
  const auto recall = [](const ReportData& report, std::size_t k) {
    return report.retrieval ? report.retrieval->retrieval->recall[k] : std::nullopt;
  };
  for (std::size_t k = 0; k < kRecallAt.size(); ++k)
    rows.add(compared_row(fmt::format("recall@{}", kRecallAt[k]), recall(first, k), recall(second, k)));
  rows.add(compared_row("epochs", epochs(first), epochs(second), 0));
  const Markup head = element("tr", {}, element("td", {}), element("th", {{"scope", "col"}}, first.name),
                              element("th", {{"scope", "col"}}, second.name),
                              element("th", {{"scope", "col"}}, "difference"));
  return element("table", {{"class", "plain"}}, element("thead", {}, head), element("tbody", {}, rows));
}

Interval interval_of(const TestScores& test, const TagScores& tag) {
  return roc_auc_interval(*tag.roc_auc, tag.support, test.evaluation.clips() - tag.support);
}

Markup label_comparison(const ReportData& first, const ReportData& second) {
  if (!first.test || !second.test) return {};
  const TestScores &a = *first.test, &b = *second.test;
  Markup rows;
  std::size_t count = 0;
  for (std::size_t label = 0; label < a.labels.size(); ++label) {
    const auto other = std::ranges::find(b.labels, a.labels[label]);
    if (other == b.labels.end()) continue;
    const TagScores& in_a = a.evaluation.tags.tags[label];
    const TagScores& in_b = b.evaluation.tags.tags[static_cast<std::size_t>(other - b.labels.begin())];
    if (!in_a.roc_auc || !in_b.roc_auc) continue;
    const double difference = *in_b.roc_auc - *in_a.roc_auc;
    const Interval one = interval_of(a, in_a), two = interval_of(b, in_b);
    const bool is_clear = one.high < two.low || two.high < one.low;
    const auto number = [](double value, const std::string& text) {
      return element("td", {{"data-value", fmt::format("{}", value)}}, text);
    };
    rows.add(element(
        "tr", {}, element("th", {{"scope", "row"}, {"data-value", a.labels[label]}}, a.labels[label]),
        number(*in_a.roc_auc, fixed_number(in_a.roc_auc)), number(*in_b.roc_auc, fixed_number(in_b.roc_auc)),
        number(difference, fmt::format("{:+.4f}{}", difference, is_clear ? " ●" : ""))));
    ++count;
  }
  const Markup head =
      join(sortable_heading(a.one_label() ? "class" : "tag", "text"), sortable_heading(first.name, "number"),
           sortable_heading(second.name, "number"), sortable_heading("difference", "number"));
  return sortable_table("comparison-table", head, rows, count, "labels");
}

Series losses_of(const ReportData& report, int colour) {
  Series series{.name = report.name, .points = {}, .colour = colour};
  for (const EpochReport& epoch : report.epochs)
    series.points.push_back({static_cast<double>(epoch.epoch), epoch.valid_loss.value_or(epoch.train_loss)});
  return series;
}

Markup loss_comparison(const ReportData& first, const ReportData& second) {
  if (first.epochs.empty() || second.epochs.empty()) return {};
  const std::vector<Series> series = {losses_of(first, 1), losses_of(second, 2)};
  double epochs = 1, highest = 0;
  for (const Series& each : series) {
    for (const Point& point : each.points) {
      epochs = std::max(epochs, point.x);
      highest = std::max(highest, point.y);
    }
  }
  const bool validates = first.epochs.front().valid_loss && second.epochs.front().valid_loss;
  return draw(LineChart{.title = validates ? "Validation loss" : "Loss",
                        .x = Axis::linear("epoch", 0, epochs),
                        .y = Axis::linear("cross-entropy per clip", 0, highest),
                        .series = series,
                        .hover_unit = "epoch"});
}

/// Values by key, those of the network included.
std::map<std::string, std::string> values_of(const Settings& settings) {
  std::map<std::string, std::string> values;
  for (const Setting& setting : all_settings())
    values[std::string(setting.key)] = format_value(settings, setting);
  for (const auto& [key, value] : settings.model) values["model." + key] = format_value(value);
  return values;
}

Markup settings_comparison(const ReportData& first, const ReportData& second) {
  std::map<std::string, std::pair<std::string, std::string>> all;
  for (const auto& [key, value] : values_of(first.settings)) all[key].first = value;
  for (const auto& [key, value] : values_of(second.settings)) all[key].second = value;
  Markup rows;
  for (const auto& [key, values] : all) {
    if (values.first == values.second) continue;
    rows.add(element("tr", {}, element("th", {{"scope", "row"}}, key), element("td", {}, values.first),
                     element("td", {}, values.second)));
  }
  if (rows.empty()) return element("p", {}, "All settings are equal.");
  const Markup head =
      element("tr", {}, element("th", {{"scope", "col"}}, "setting"),
              element("th", {{"scope", "col"}}, first.name), element("th", {{"scope", "col"}}, second.name));
  return element("table", {{"class", "plain text"}}, element("thead", {}, head), element("tbody", {}, rows));
}

bool tested_alike(const ReportData& first, const ReportData& second) {
  return first.test && second.test && first.test->labels == second.test->labels &&
         first.test->evaluation.rows == second.test->evaluation.rows &&
         first.test->evaluation.targets == second.test->evaluation.targets;
}

}  // namespace

Markup comparison_section(const ReportData& report) {
  if (!report.other) return {};
  const ReportData& other = *report.other;
  const Markup remark =
      tested_alike(report, other)
          ? Markup()
          : element(
                "p", {{"class", "remark"}},
                "The runs were tested on different clips or labels, so scores may differ for that reason.");
  return section(
      "comparison", "Comparison",
      fmt::format(
          "{} beside {}. ● marks labels whose 95 % intervals of the ROC-AUC do not overlap; the rest of the "
          "page is about {}.",
          report.name, other.name, report.name),
      remark,
      element("div", {{"class", "beside"}}, label_comparison(report, other),
              element("div", {}, headline_table(report, other), loss_comparison(report, other))),
      element("h3", {}, "Settings that differ"), settings_comparison(report, other));
}

}  // namespace sonograd::train::report
