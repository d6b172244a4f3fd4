#include <algorithm>
#include <cctype>
#include <cstring>
#include <fmt/format.h>
#include <numeric>

#include "train/data/label_set.h"
#include "train/pictures/mel_axes.h"
#include "train/pictures/picture.h"
#include "train/pictures/plot.h"
#include "train/report/sections.h"

namespace sonograd::train::report {
namespace {

constexpr std::size_t kRows = 8;
constexpr std::size_t kTopClasses = 3;

/// Labels of a clip worth a row, highest score first: the true ones, and what was predicted.
std::vector<std::size_t> shown_labels(const TestScores& test, std::span<const float> targets,
                                      std::span<const float> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t label) { return scores[label]; });
  std::vector<std::size_t> shown;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const bool predicted =
        test.one_label() ? rank < kTopClasses : scores[order[rank]] >= test.threshold_of(order[rank]);
    if (predicted || targets[order[rank]] >= kPositiveGrade) shown.push_back(order[rank]);
  }
  if (shown.size() <= kRows) return shown;
  // The most instructive ones: where target and score disagree most; still in order of the score.
  const auto error = [&](std::size_t label) { return std::abs(targets[label] - scores[label]); };
  std::ranges::stable_sort(shown, std::greater(), error);
  shown.resize(kRows);
  std::ranges::stable_sort(shown, std::greater(), [&](std::size_t label) { return scores[label]; });
  return shown;
}

Markup score_row(const std::string& label, float target, float score) {
  const bool is_true = target >= kPositiveGrade;
  return element(
      "tr", {{"class", is_true ? "true" : "false"}},
      element("td", {{"class", "mark"}, {"title", is_true ? "true" : "not true"}}, is_true ? "●" : "○"),
      element("th", {{"scope", "row"}}, label),
      element("td", {{"class", "meter"}, {"style", fmt::format("--v:{:.3f}", score)}},
              fmt::format("{:.2f}", score)));
}

/// Percent-encoded, so that any file name is one path of a link (RFC 3986).
std::string encoded_path(const std::string& path) {
  std::string encoded;
  for (const char c : path) {
    const bool is_plain =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || std::strchr("-._~/", c) != nullptr;
    encoded +=
        is_plain && c != '\0' ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

Markup player(const ClipView& view, const std::filesystem::path& page_folder) {
  if (page_folder.empty() || view.file.empty()) return {};
  const auto absolute = [](const std::filesystem::path& path) {
    return std::filesystem::absolute(path).lexically_normal();
  };
  const std::string link =
      encoded_path(absolute(view.file).lexically_relative(absolute(page_folder)).string());
  return element("audio", {{"controls", ""}, {"preload", "none"}, {"src", "./" + link}});
}

/// The spectrogram with ticks of time and pitch.
Markup spectrogram(const TestScores& test, const ClipView& view) {
  constexpr int kTimes = 5;
  if (view.mel.empty()) return element("p", {{"class", "remark"}}, "The clip cannot be read.");
  Markup picture = void_element(
      "img", {{"src", data_uri(view.mel)}, {"alt", fmt::format("log-mel spectrogram of {}", view.path)}});
  for (const MelTick& tick : pitch_ticks(test.sample_rate)) {
    if (tick.share > 0.95) continue;
    picture.add(element(
        "span", {{"class", "pitch"}, {"style", fmt::format("bottom:{:.1f}%", 100 * tick.share)}}, tick.text));
  }
  Markup times;
  for (const MelTick& tick : time_ticks(view.seconds, kTimes)) {
    // Near the right edge the text stands before its line.
    const char* const side = tick.share > 0.9 ? "before" : "behind";
    times.add(element("span", {{"class", side}, {"style", fmt::format("left:{:.1f}%", 100 * tick.share)}},
                      tick.text));
  }
  return join(element("div", {{"class", "mel"}}, picture), element("div", {{"class", "times"}}, times));
}

Markup card(const TestScores& test, const ClipView& view, const std::filesystem::path& page_folder) {
  const std::size_t labels = test.labels.size();
  const auto targets = std::span(test.evaluation.targets).subspan(view.clip * labels, labels);
  const auto scores = std::span(test.evaluation.scores).subspan(view.clip * labels, labels);
  Markup rows;
  for (const std::size_t label : shown_labels(test, targets, scores)) {
    rows.add(score_row(test.labels[label], targets[label], scores[label]));
  }
  return element(
      "article", {{"class", "card"}}, spectrogram(test, view), element("h4", {}, view.path),
      player(view, page_folder),
      element("p", {{"class", "note"}},
              fmt::format("{} long, cross-entropy {}", clock_time(view.seconds), short_number(view.loss))),
      element("table", {{"class", "clip-scores"}}, element("tbody", {}, rows)));
}

Markup cards(const ReportData& report, std::string_view title, const std::vector<ClipView>& views) {
  Markup all;
  for (const ClipView& view : views) all.add(card(*report.test, view, report.page_folder));
  return join(element("h3", {}, title), element("div", {{"class", "cards"}}, all));
}

}  // namespace

Markup clips_section(const ReportData& report) {
  if (!report.test || report.test->best.empty()) return {};
  const TestScores& test = *report.test;
  return section(
      "clips", "Clips",
      "The test clips with the lowest and the highest cross-entropy, as log-mel spectrograms: time to the "
      "right, pitch upwards, 80 dB from black to white. ● is true for the clip, ○ is not; the bar is the "
      "score. A player finds its clip as long as page and data stay where they are.",
      cards(report, "Best", test.best), cards(report, "Worst", test.worst));
}

}  // namespace sonograd::train::report
