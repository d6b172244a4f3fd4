#include <algorithm>
#include <fmt/format.h>

#include "train/pictures/line_chart.h"
#include "train/report/sections.h"

namespace sonograd::train::report {
namespace {

Markup fact(std::string_view name, const std::string& value) {
  return element("tr", {}, element("th", {{"scope", "row"}}, name), element("td", {}, value));
}

Markup facts(const ReportData& report) {
  double seconds = 0, waited = 0;
  for (const EpochReport& epoch : report.epochs) {
    seconds += epoch.seconds;
    waited += epoch.seconds * epoch.wait_share;
  }
  const auto epochs = static_cast<double>(report.epochs.size());
  Markup rows = join(fact("all epochs", rough_time(seconds)), fact("per epoch", rough_time(seconds / epochs)),
                     fact("waiting for data", fmt::format("{:.2f} %", 100 * waited / seconds)));
  if (report.train_clips > 0) {
    rows.add(fact("training clips per second",
                  short_number(static_cast<double>(report.train_clips) * epochs / seconds)));
  }
  rows.add(fact("steps", short_number(static_cast<double>(report.epochs.back().step))));
  return element("table", {{"class", "plain"}}, element("tbody", {}, rows));
}

Markup chart(const ReportData& report, const char* title, const Axis& y,
             double (*value)(const EpochReport&)) {
  Series series{.name = "", .points = {}};
  for (const EpochReport& epoch : report.epochs) {
    series.points.push_back({static_cast<double>(epoch.epoch), value(epoch)});
  }
  const auto last = static_cast<double>(report.epochs.back().epoch);
  return draw(LineChart{.title = title,
                        .x = Axis::linear("epoch", 0, last),
                        .y = y,
                        .series = {series},
                        .hover_unit = "epoch"});
}

double seconds_of(const EpochReport& epoch) {
  return epoch.seconds;
}

double wait_share_of(const EpochReport& epoch) {
  return epoch.wait_share;
}

}  // namespace

Markup time_section(const ReportData& report) {
  if (report.epochs.empty()) return {};
  const double slowest = std::ranges::max(report.epochs, {}, seconds_of).seconds;
  const double idlest = std::ranges::max(report.epochs, {}, wait_share_of).wait_share;
  return section(
      "time", "Time",
      "An epoch is one pass over the training clips and, where there are any, the validation clips. Waiting "
      "is the share of the time without data for the network.",
      element("div", {{"class", "charts"}},
              chart(report, "Time per epoch", Axis::linear("s", 0, slowest), seconds_of),
              chart(report, "Waiting for data", Axis::percent("share of the epoch", std::max(idlest, 0.01)),
                    wait_share_of),
              facts(report)));
}

}  // namespace sonograd::train::report
