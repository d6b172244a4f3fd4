#include "train/pictures/sheet.h"

#include <algorithm>
#include <fmt/format.h>

#include "train/pictures/mel_axes.h"
#include "train/pictures/plot.h"

namespace sonograd::train {
namespace {

constexpr double kTitleBaseline = 30, kHeadingPitch = 24;
constexpr std::size_t kLongestTitle = 60, kLongestLine = 100;

// The background of the root element fills the page of a browser.
constexpr std::string_view kSheetStyle = R"(
  svg {
    --page: #ffffff; --ink: #1b1e23; --muted: #5c6470; --track: #eef1f4; --curve: #0b69b7; --line: #bf4a06;
    color-scheme: light dark; background: var(--page);
  }
  @media screen { svg { max-width: 100%; height: auto; } }
  @media (prefers-color-scheme: dark) {
    svg {
      --page: #1a1d22; --ink: #e7eaee; --muted: #9aa4b0; --track: #262b32; --curve: #69b4f4; --line: #f49a5f;
    }
  }
  text { font: 15px sans-serif; fill: #5c6470; fill: var(--muted); }
  .ink { fill: #1b1e23; fill: var(--ink); }
  .title { font-size: 20px; font-weight: bold; }
  .label { font-weight: bold; }
  .over { fill: #ffffff; stroke: #000000; stroke-width: 3px; stroke-linejoin: round; paint-order: stroke; }
  @media (max-width: 560px) {
    text { font-size: 22px; }
    .title { font-size: 28px; }
  }
  .page { fill: #ffffff; fill: var(--page); }
  .track { fill: #eef1f4; fill: var(--track); }
  .curve { fill: #0b69b7; fill: var(--curve); fill-opacity: 0.3; }
  .high { fill: #0b69b7; fill: var(--curve); }
  .edge { fill: none; stroke: #0b69b7; stroke: var(--curve); stroke-width: 1.5; stroke-linejoin: round; }
  .other { fill: #bf4a06; fill: var(--line); fill-opacity: 0.3; }
  .other-edge { fill: none; stroke: #bf4a06; stroke: var(--line); stroke-width: 1.5; stroke-linejoin: round; }
  .quiet-edge { fill: none; stroke: #5c6470; stroke: var(--muted); stroke-width: 1.5; stroke-linejoin: round; }
  .band { fill: #5c6470; fill: var(--muted); fill-opacity: 0.25; }
  .mark { fill: #bf4a06; fill: var(--line); }
  .threshold { stroke: #bf4a06; stroke: var(--line); stroke-width: 1.5; stroke-dasharray: 6 4; }
  .tick { stroke: #5c6470; stroke: var(--muted); }
  .hit { fill: none; pointer-events: all; }
)";

}  // namespace

std::string sheet(const std::string& title, double height, const Markup& content) {
  return element("svg",
                 {{"xmlns", "http://www.w3.org/2000/svg"},
                  {"viewBox", fmt::format("0 0 {} {}", kSheetWidth, px(height))},
                  {"width", px(kSheetWidth)},
                  {"height", px(height)}},
                 element("title", {}, title), element("style", {}, Markup::verbatim(kSheetStyle)),
                 rectangle("page", 0, 0, kSheetWidth, height), content)
             .str() +
         '\n';
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

Markup line_between(std::string_view kind, double x1, double y1, double x2, double y2) {
  return void_element(
      "line", {{"class", std::string(kind)}, {"x1", px(x1)}, {"y1", px(y1)}, {"x2", px(x2)}, {"y2", px(y2)}});
}

Markup image_at(std::string_view png, double x, double y, double width, double height) {
  return void_element("image", {{"x", px(x)},
                                {"y", px(y)},
                                {"width", px(width)},
                                {"height", px(height)},
                                {"preserveAspectRatio", "none"},
                                {"href", data_uri(png)}});
}

Markup sheet_heading(const std::string& title, std::span<const std::string> lines) {
  Markup all = text_at(kSheetLeft, kTitleBaseline, "start", "ink title", shortened(title, kLongestTitle));
  double y = kTitleBaseline + 4;
  for (const std::string& line : lines)
    all.add(text_at(kSheetLeft, y += kHeadingPitch, "start", "", shortened(line, kLongestLine)));
  return all;
}

double below_heading(std::size_t lines) {
  return kTitleBaseline + kHeadingPitch * static_cast<double>(lines) + 16;
}

std::string shortened(const std::string& text, std::size_t longest) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins_one = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins_one && ++characters > longest) return fmt::format("{}…", text.substr(0, i));
  }
  return text;
}

Markup spectrogram_panel(const Picture& mel, const std::array<Rgb, 256>& palette, double top, double height) {
  return image_at(encode_png(mel, palette), kSheetLeft, top, kSheetRight - kSheetLeft, height);
}

Markup frequency_labels(double sample_rate, double top, double height) {
  Markup labels;
  for (const MelTick& pitch : pitch_ticks(sample_rate)) {
    const double y = top + (1 - pitch.share) * height;
    labels.add(line_between("tick", kSheetLeft - 6, y, kSheetLeft, y));
    labels.add(text_at(kSheetLeft + 6, std::max(y + 5, top + 18), "start", "over", pitch.text));
  }
  return labels;
}

Markup time_labels(double begin, double seconds, double bottom) {
  constexpr int kTicks = 9;
  Markup labels;
  for (const MelTick& time : time_ticks(begin, seconds, kTicks)) {
    const double at = kSheetLeft + time.share * (kSheetRight - kSheetLeft);
    labels.add(line_between("tick", at, bottom, at, bottom + 5));
    const char* const anchor = at < kSheetLeft + 12 ? "start" : at > kSheetRight - 12 ? "end" : "middle";
    labels.add(text_at(at, bottom + 27, anchor, "", time.text));
  }
  return labels;
}

}  // namespace sonograd::train
