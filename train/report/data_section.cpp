#include <algorithm>
#include <fmt/format.h>
#include <numeric>

#include "tensor/support/text.h"
#include "train/report/bar_chart.h"
#include "train/report/sections.h"
#include "train/report/sortable_table.h"

namespace sonograd::train::report {
namespace {

constexpr std::size_t kDurationBins = 24;

std::string count_text(std::size_t count) {
  return short_number(static_cast<double>(count));
}

Markup parts_table(const DataStatistics& data) {
  Markup rows;
  PartStatistics all{.name = "all"};
  const auto row_of = [](const PartStatistics& part) {
    return element("tr", {}, element("th", {{"scope", "row"}}, part.name),
                   element("td", {}, count_text(part.clips)), element("td", {}, rough_time(part.seconds)));
  };
  for (const PartStatistics& part : data.parts) {
    rows.add(row_of(part));
    all.clips += part.clips;
    all.seconds += part.seconds;
  }
  rows.add(row_of(all));
  return element("table", {{"class", "plain"}},
                 element("thead", {},
                         element("tr", {}, element("th", {}, "split"), element("th", {}, "clips"),
                                 element("th", {}, "audio"))),
                 element("tbody", {}, rows));
}

Markup durations_chart(const DataStatistics& data) {
  if (data.durations.empty()) return {};
  const auto [shortest, longest] = std::ranges::minmax(data.durations);
  if (longest - shortest < 0.01 * longest) {
    return element("p", {}, fmt::format("All clips are {:.3g} s long.", longest));
  }
  Axis axis = Axis::linear("length of a clip in s", shortest, longest);
  std::vector<double> counts = histogram(data.durations, axis.low, axis.high, kDurationBins);
  return draw(BarChart{.title = fmt::format("Lengths: {:.3g} to {:.3g} s", shortest, longest),
                       .x = axis,
                       .y_label = "clips",
                       .up = {"", std::move(counts)},
                       .down = {}});
}

/// Number of clips with each label, as a bar stacked from the parts.
Markup labels_table(const DataStatistics& data) {
  const auto total = [&](std::size_t label) {
    return std::accumulate(
        data.parts.begin(), data.parts.end(), std::size_t{0},
        [&](std::size_t sum, const PartStatistics& part) { return sum + part.support[label]; });
  };
  std::size_t most = 1;
  for (std::size_t label = 0; label < data.labels.size(); ++label) most = std::max(most, total(label));
  Markup rows;
  for (std::size_t label = 0; label < data.labels.size(); ++label) {
    Markup stack, counts;
    for (std::size_t i = 0; i < data.parts.size(); ++i) {
      const std::size_t count = data.parts[i].support[label];
      counts.add(element("td", {{"data-value", std::to_string(count)}}, count_text(count)));
      const double width = 100 * static_cast<double>(count) / static_cast<double>(most);
      stack.add(element(
          "i", {{"class", fmt::format("part-{}", i + 1)}, {"style", fmt::format("width:{:.2f}%", width)}}));
    }
    rows.add(element(
        "tr", {}, element("th", {{"scope", "row"}, {"data-value", data.labels[label]}}, data.labels[label]),
        counts, element("td", {{"class", "stack"}, {"data-value", std::to_string(total(label))}}, stack)));
  }
  Markup head = sortable_heading("label", "text");
  for (std::size_t i = 0; i < data.parts.size(); ++i) {
    head.add(sortable_heading(data.parts[i].name, fmt::format("number part-name-{}", i + 1)));
  }
  head.add(sortable_heading("together", "number wide"));
  return sortable_table("data-table", head, rows, data.labels.size(), "labels");
}

}  // namespace

Markup data_section(const ReportData& report) {
  if (!report.data) return {};
  const DataStatistics& data = *report.data;
  const std::string unknown =
      data.unknown_durations == 0
          ? ""
          : fmt::format(" {} of unknown length.", counted(data.unknown_durations, "file"));
  return section(
      "data", "Data",
      fmt::format("{}: clips of each part, clips with each label, and lengths.{}", data.folder, unknown),
      element("div", {{"class", "beside"}}, labels_table(data),
              element("div", {{"class", "figures"}}, parts_table(data), durations_chart(data))));
}

}  // namespace sonograd::train::report
