#include <algorithm>
#include <fmt/format.h>
#include <functional>

#include "train/pictures/line_chart.h"
#include "train/report/sections.h"

namespace sonograd::train::report {
namespace {

using Value = std::function<std::optional<double>(const EpochReport&)>;

Series series_of(const ReportData& report, std::string name, int colour, const Value& value) {
  Series series{.name = std::move(name), .points = {}, .colour = colour};
  for (const EpochReport& epoch : report.epochs) {
    if (const auto y = value(epoch)) series.points.push_back({static_cast<double>(epoch.epoch), *y});
  }
  return series;
}

Axis epoch_axis(const ReportData& report) {
  const auto first = static_cast<double>(report.epochs.front().epoch);
  const auto last = static_cast<double>(report.epochs.back().epoch);
  Axis axis = Axis::linear("epoch", first, last);
  axis.low = first == last ? first - 1 : first;
  axis.high = first == last ? first + 1 : last;
  std::erase_if(axis.ticks, [](double tick) { return tick != static_cast<double>(static_cast<long>(tick)); });
  return axis;
}

/// Lowest and highest value of all series.
std::pair<double, double> range_of(const std::vector<Series>& all) {
  double low = 1e300, high = -1e300;
  for (const Series& series : all) {
    for (const Point& point : series.points) {
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
  }
  return {low, high};
}

Markup epoch_row(std::string_view name, const std::optional<double>& best,
                 const std::optional<double>& last) {
  if (!best && !last) return {};
  return element("tr", {}, element("th", {{"scope", "row"}}, name), element("td", {}, fixed_number(best)),
                 element("td", {}, fixed_number(last)));
}

/// The epoch that was kept beside the last one.
Markup epochs_table(const ReportData& report) {
  const auto loss_of = [](const EpochReport& epoch) {
    return epoch.valid_loss.value_or(-static_cast<double>(epoch.epoch));  // without validation the last
  };
  const EpochReport& best = *std::ranges::min_element(report.epochs, {}, loss_of);
  const EpochReport& last = report.epochs.back();
  const Markup head = element("tr", {}, element("td", {}),
                              element("th", {{"scope", "col"}}, fmt::format("epoch {}, kept", best.epoch)),
                              element("th", {{"scope", "col"}}, fmt::format("epoch {}, last", last.epoch)));
  const Markup rows = join(epoch_row("training loss", best.train_loss, last.train_loss),
                           epoch_row("validation loss", best.valid_loss, last.valid_loss),
                           epoch_row("ROC-AUC", best.valid_roc_auc, last.valid_roc_auc),
                           epoch_row("PR-AUC", best.valid_pr_auc, last.valid_pr_auc),
                           epoch_row("accuracy", best.valid_accuracy, last.valid_accuracy),
                           epoch_row("recall@1", best.valid_recall.front(), last.valid_recall.front()),
                           epoch_row("recall@8", best.valid_recall.back(), last.valid_recall.back()),
                           epoch_row("triplets", best.valid_triplet_accuracy, last.valid_triplet_accuracy));
  return element("table", {{"class", "plain"}}, element("thead", {}, head), element("tbody", {}, rows));
}

}  // namespace

Markup training_section(const ReportData& report) {
  if (report.epochs.empty()) return {};
  const std::vector<Series> losses = {
      series_of(report, "training", 1, [](const EpochReport& e) { return std::optional(e.train_loss); }),
      series_of(report, "validation", 2, [](const EpochReport& e) { return e.valid_loss; })};
  const std::vector<Series> scores = {
      series_of(report, "ROC-AUC", 1, [](const EpochReport& e) { return e.valid_roc_auc; }),
      series_of(report, "PR-AUC", 2, [](const EpochReport& e) { return e.valid_pr_auc; }),
      series_of(report, "accuracy", 3, [](const EpochReport& e) { return e.valid_accuracy; })};
  const std::vector<Series> rates = {
      series_of(report, "", 1, [](const EpochReport& e) { return std::optional(e.lr); })};

  const Axis epochs = epoch_axis(report);
  Markup charts = draw(LineChart{
      .title = "Loss",
      .x = epochs,
      .y = Axis::linear(
          report.settings.loss.name == LossKind::triplet ? "triplet loss" : "cross-entropy per clip", 0,
          range_of(losses).second),
      .series = losses,
      .hover_unit = "epoch"});
  if (const auto [low, high] = range_of(scores); low <= high) {
    charts.add(draw(LineChart{.title = "Validation scores",
                              .x = epochs,
                              .y = Axis::linear("score, mean over labels", std::min(low, 0.95), 1),
                              .series = scores,
                              .hover_unit = "epoch"}));
  }
  const std::vector<Series> retrieval = {
      series_of(report, "recall@1", 1, [](const EpochReport& e) { return e.valid_recall.front(); }),
      series_of(report, "recall@8", 2, [](const EpochReport& e) { return e.valid_recall.back(); }),
      series_of(report, "triplets", 3, [](const EpochReport& e) { return e.valid_triplet_accuracy; })};
  if (const auto [low, high] = range_of(retrieval); low <= high) {
    charts.add(draw(LineChart{.title = "Nearest clips, validation",
                              .x = epochs,
                              .y = Axis::linear("share", std::min(low, 0.95), 1),
                              .series = retrieval,
                              .hover_unit = "epoch"}));
  }
  charts.add(draw(LineChart{.title = "Learning rate",
                            .x = epochs,
                            .y = Axis::linear("step size at the end of the epoch", 0, range_of(rates).second),
                            .series = rates,
                            .hover_unit = "epoch"}));
  return section(
      "training", "Training",
      "Both losses should fall. A validation loss that rises while the training loss falls means that "
      "the network overfits the training clips.",
      element("div", {{"class", "charts"}}, charts.add(epochs_table(report))));
}

}  // namespace sonograd::train::report
