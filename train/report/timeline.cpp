#include "train/report/timeline.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "kernels/mel/mel.h"
#include "train/report/markup.h"
#include "train/report/plot.h"
#include "train/report/sections.h"

namespace sonograd::train::report {
namespace {

constexpr std::size_t kMaxColumns = 1000;
constexpr double kWidth = 960, kLeft = 168, kRight = 904;
constexpr double kRowsTop = 64, kRowHeight = 22, kRowGap = 3, kMelGap = 12, kMelHeight = 192, kBottom = 34;
constexpr std::size_t kLongestLabel = 22;

constexpr std::string_view kStyle = R"(
  svg { --page: #ffffff; --ink: #1b1e23; --muted: #5c6470; --track: #eef1f4; --heat: #0b69b7; }
  @media screen { svg { max-width: 100%; height: auto; } }
  @media (prefers-color-scheme: dark) {
    svg { --page: #1a1d22; --ink: #e7eaee; --muted: #9aa4b0; --track: #262b32; --heat: #69b4f4; }
  }
  text { font: 13px sans-serif; fill: #5c6470; fill: var(--muted); }
  .ink { fill: #1b1e23; fill: var(--ink); }
  .title { font-size: 17px; font-weight: bold; }
  .page { fill: #ffffff; fill: var(--page); }
  .track { fill: #eef1f4; fill: var(--track); }
  .heat { fill: #0b69b7; fill: var(--heat); }
  .stop { stop-color: #0b69b7; stop-color: var(--heat); }
  .tick { stroke: #5c6470; stroke: var(--muted); }
)";

/// At most `longest` characters, the last one "…" where some are left out.
std::string shortened(const std::string& text, std::size_t longest) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins_one = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins_one && ++characters > longest) return fmt::format("{}…", text.substr(0, i));
  }
  return text;
}

Markup text_at(double x, double y, std::string_view anchor, std::string_view kind, const std::string& text) {
  return element(
      "text",
      {{"class", std::string(kind)}, {"x", px(x)}, {"y", px(y)}, {"text-anchor", std::string(anchor)}}, text);
}

Markup rectangle(std::string_view kind, double x, double y, double width, double height) {
  return void_element("rect", {{"class", std::string(kind)},
                               {"x", px(x)},
                               {"y", px(y)},
                               {"width", fmt::format("{:.2f}", width)},
                               {"height", px(height)}});
}

class TimelineDrawing {
 public:
  explicit TimelineDrawing(const Timeline& timeline)
      : timeline_(timeline),
        mel_top_(kRowsTop + static_cast<double>(timeline.rows.size()) * (kRowHeight + kRowGap) + kMelGap),
        mel_bottom_(mel_top_ + kMelHeight) {}

  std::string svg() const {
    const double height = mel_bottom_ + kBottom;
    Markup content =
        join(element("title", {}, timeline_.title), element("style", {}, Markup::verbatim(kStyle)),
             rectangle("page", 0, 0, kWidth, height),
             text_at(14, 30, "start", "ink title", shortened(timeline_.title, 72)), legend());
    for (std::size_t i = 0; i < timeline_.rows.size(); ++i) {
      content.add(row(timeline_.rows[i], kRowsTop + static_cast<double>(i) * (kRowHeight + kRowGap)));
    }
    content.add(spectrogram()).add(frequencies()).add(times());
    return element("svg",
                   {{"xmlns", "http://www.w3.org/2000/svg"},
                    {"viewBox", fmt::format("0 0 {} {}", kWidth, px(height))},
                    {"width", px(kWidth)},
                    {"height", px(height)}},
                   content)
               .str() +
           '\n';
  }

 private:
  double x(double seconds) const {
    return kLeft + seconds / std::max(timeline_.seconds, 1e-3) * (kRight - kLeft);
  }

  Markup legend() const {
    const Markup stops =
        join(void_element("stop", {{"class", "stop"}, {"offset", "0"}, {"stop-opacity", "0"}}),
             void_element("stop", {{"class", "stop"}, {"offset", "1"}}));
    const double left = kRight - 118, top = kRowsTop - 22;
    return join(
        element("linearGradient", {{"id", "scores"}}, stops), rectangle("track", left, top, 96, 10),
        void_element(
            "rect",
            {{"fill", "url(#scores)"}, {"x", px(left)}, {"y", px(top)}, {"width", "96"}, {"height", "10"}}),
        text_at(left - 6, top + 10, "end", "", "score 0"), text_at(left + 102, top + 10, "start", "", "1"),
        text_at(kWidth - 8, top + 10, "end", "", "overall"));
  }

  Markup row(const TimelineRow& row, double top) const {
    Markup cells = join(text_at(kLeft - 10, top + 15.5, "end", "ink", shortened(row.label, kLongestLabel)),
                        rectangle("track", kLeft, top, kRight - kLeft, kRowHeight));
    for (std::size_t column = 0; column < row.scores.size(); ++column) {
      const double begin = timeline_.boundaries[column], end = timeline_.boundaries[column + 1];
      const std::string hint =
          fmt::format("{} {}–{}: {:.3f}", row.label, clock_time(begin), clock_time(end), row.scores[column]);
      cells.add(element("rect",
                        {{"class", "heat"},
                         {"x", px(x(begin))},
                         {"y", px(top)},
                         {"width", fmt::format("{:.2f}", x(end) - x(begin))},
                         {"height", px(kRowHeight)},
                         {"fill-opacity", fmt::format("{:.3f}", row.scores[column])}},
                        element("title", {}, hint)));
    }
    return cells.add(text_at(kWidth - 8, top + 15.5, "end", "ink", fmt::format("{:.2f}", row.score)));
  }

  Markup spectrogram() const {
    return void_element("image", {{"x", px(kLeft)},
                                  {"y", px(mel_top_)},
                                  {"width", px(kRight - kLeft)},
                                  {"height", px(kMelHeight)},
                                  {"preserveAspectRatio", "none"},
                                  {"href", data_uri(encode_png(timeline_.mel))}});
  }

  Markup frequencies() const {
    const double highest = kernels::hz_to_mel(timeline_.sample_rate / 2.0, kernels::MelScale::slaney);
    Markup labels;
    for (const double hz : {500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0}) {
      const double share = kernels::hz_to_mel(hz, kernels::MelScale::slaney) / highest;
      if (share > 1) continue;
      const double y = mel_bottom_ - share * kMelHeight;
      labels.add(tick(kLeft - 5, y, kLeft, y));
      labels.add(
          text_at(kLeft - 10, y + 4.5, "end", "", hz < 1000 ? "500 Hz" : fmt::format("{:g} kHz", hz / 1000)));
    }
    return labels;
  }

  Markup times() const {
    constexpr std::array kSteps = {0.1,  0.5,  1.0,   2.0,   5.0,   10.0,   20.0,
                                   30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0};
    constexpr double kTicks = 9;
    double step = kSteps.back();
    for (auto i = kSteps.rbegin(); i != kSteps.rend() && timeline_.seconds / *i <= kTicks; ++i) step = *i;
    while (timeline_.seconds / step > kTicks) step *= 2;
    Markup labels;
    for (int i = 0; i * step <= timeline_.seconds; ++i) {
      const double at = x(i * step);
      labels.add(tick(at, mel_bottom_, at, mel_bottom_ + 5));
      labels.add(text_at(at, mel_bottom_ + 20, "middle", "",
                         step < 1 ? fmt::format("{:.1f} s", i * step) : clock_time(i * step)));
    }
    return labels;
  }

  static Markup tick(double x1, double y1, double x2, double y2) {
    return void_element("line",
                        {{"class", "tick"}, {"x1", px(x1)}, {"y1", px(y1)}, {"x2", px(x2)}, {"y2", px(y2)}});
  }

  const Timeline& timeline_;
  double mel_top_, mel_bottom_;
};

}  // namespace

Timeline make_timeline(std::span<const audio::Chunk> chunks, std::int64_t samples, int sample_rate,
                       std::span<const float> scores, std::size_t labels,
                       std::span<const TimelineLabel> shown) {
  Timeline timeline{.seconds = static_cast<double>(samples) / sample_rate, .sample_rate = sample_rate};
  const std::size_t together = (chunks.size() + kMaxColumns - 1) / kMaxColumns;
  for (const TimelineLabel& label : shown)
    timeline.rows.push_back({.label = label.name, .score = label.score});
  for (std::size_t first = 0; first < chunks.size(); first += together) {
    timeline.boundaries.push_back(static_cast<double>(chunks[first].start) / sample_rate);
    const std::size_t end = std::min(first + together, chunks.size());
    for (std::size_t row = 0; row < shown.size(); ++row) {
      float highest = 0;
      for (std::size_t chunk = first; chunk < end; ++chunk) {
        highest = std::max(highest, scores[chunk * labels + shown[row].index]);
      }
      timeline.rows[row].scores.push_back(highest);
    }
  }
  timeline.boundaries.push_back(timeline.seconds);
  return timeline;
}

std::string draw(const Timeline& timeline) {
  return TimelineDrawing(timeline).svg();
}

}  // namespace sonograd::train::report
