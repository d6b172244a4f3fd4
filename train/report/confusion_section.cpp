#include <algorithm>
#include <fmt/format.h>

#include "train/report/sections.h"

namespace sonograd::train::report {
namespace {

Markup cell(const ConfusionMatrix& matrix, std::size_t truth, std::size_t predicted,
            const std::vector<std::string>& labels) {
  const std::size_t count = matrix.at(truth, predicted);
  if (count == 0) return element("td", {});
  const double share = static_cast<double>(count) / static_cast<double>(matrix.support(truth));
  return element(
      "td",
      {{"class", fmt::format("{}{}", truth == predicted ? "right" : "wrong", share > 0.55 ? " strong" : "")},
       {"style", fmt::format("--v:{:.3f}", share)},
       {"title", fmt::format("{} of {} of “{}” predicted as “{}”", count, matrix.support(truth),
                             labels[truth], labels[predicted])}},
      std::to_string(count));
}

/// The pairs that are mixed up most often.
Markup worst_pairs(const TestScores& test) {
  const ConfusionMatrix& matrix = *test.evaluation.confusion;
  const std::vector<std::string>& labels = test.labels;
  constexpr std::size_t kShown = 10;
  struct Pair {
    std::size_t truth, predicted, count;
  };
  std::vector<Pair> pairs;
  for (std::size_t truth = 0; truth < labels.size(); ++truth) {
    for (std::size_t predicted = 0; predicted < labels.size(); ++predicted) {
      const std::size_t count = matrix.at(truth, predicted);
      if (truth != predicted && count > 0) pairs.push_back({truth, predicted, count});
    }
  }
  if (pairs.empty())
    return element("p", {}, fmt::format("All {} were classified correctly.", test.examples()));
  std::ranges::stable_sort(pairs, std::greater(), &Pair::count);
  pairs.resize(std::min(pairs.size(), kShown));
  Markup rows;
  for (const Pair& pair : pairs) {
    rows.add(element("tr", {}, element("th", {{"scope", "row"}}, labels[pair.truth]),
                     element("th", {}, labels[pair.predicted]),
                     element("td", {}, fmt::format("{} of {}", pair.count, matrix.support(pair.truth)))));
  }
  const Markup head = element("tr", {}, element("th", {}, "true"), element("th", {}, "predicted as"),
                              element("th", {}, test.examples()));
  return join(
      element("h3", {}, "Mixed up most often"),
      element("table", {{"class", "plain pairs"}}, element("thead", {}, head), element("tbody", {}, rows)));
}

}  // namespace

Markup confusion_section(const ReportData& report) {
  if (!report.test || !report.test->one_label()) return {};
  const ConfusionMatrix& matrix = *report.test->evaluation.confusion;
  const std::vector<std::string>& labels = report.test->labels;
  Markup head = element("td", {{"class", "corner"}}, "true ↓  predicted →");
  Markup rows;
  for (std::size_t truth = 0; truth < labels.size(); ++truth) {
    head.add(element("th", {{"scope", "col"}}, element("span", {}, labels[truth])));
    Markup row = element("th", {{"scope", "row"}}, labels[truth]);
    for (std::size_t predicted = 0; predicted < labels.size(); ++predicted) {
      row.add(cell(matrix, truth, predicted, labels));
    }
    rows.add(element("tr", {}, row));
  }
  const Markup table = element("table", {{"class", "confusion"}},
                               element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows));
  return section(
      "confusion", "Confusion",
      "Each row is a true class, each column a predicted class: correct predictions lie on the diagonal, "
      "colour is the share of the row.",
      element("div", {{"class", "beside"}}, element("div", {{"class", "scroll"}}, table),
              element("div", {}, worst_pairs(*report.test))));
}

}  // namespace sonograd::train::report
