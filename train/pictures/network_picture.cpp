#include "train/pictures/network_picture.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "train/pictures/markup.h"
#include "train/pictures/network_blocks.h"

namespace sonograd::train {
namespace {

// Units of the drawing.
constexpr int kBlockLeft = 20, kBlockWidth = 620, kMiddle = kBlockLeft + kBlockWidth / 2;
constexpr int kBlockHeight = 50, kPillHeight = 26, kPillWidth = 300, kArrow = 24, kBeside = 6, kFrame = 8;
constexpr int kLaneStep = 16, kHeadLine = 19, kBarHeight = 4;
constexpr std::size_t kOptionsColumns = 96, kMostOfOp = 58;

// The background of the root element fills the page of a browser. Colours stand twice: some programs pass over variables.
constexpr std::string_view kPictureStyle = R"(
  svg {
    --page: #ffffff; --ink: #1b1e23; --muted: #5c6470; --card: #f3f5f7; --edge: #c3c9d1; --bar: #0b69b7;
    color-scheme: light dark; background: var(--page);
  }
  @media screen { svg { max-width: 100%; height: auto; } }
  @media (prefers-color-scheme: dark) {
    svg {
      --page: #1a1d22; --ink: #e7eaee; --muted: #9aa4b0; --card: #262b32; --edge: #4a525d; --bar: #69b4f4;
    }
  }
  text { font: 12px sans-serif; fill: #5c6470; fill: var(--muted); }
  .title { font-size: 20px; font-weight: bold; fill: #1b1e23; fill: var(--ink); }
  .name { font-size: 14px; font-weight: bold; fill: #1b1e23; fill: var(--ink); }
  .ink { font-size: 14px; fill: #1b1e23; fill: var(--ink); }
  .page { fill: #ffffff; fill: var(--page); }
  .card { fill: #f3f5f7; fill: var(--card); stroke: #c3c9d1; stroke: var(--edge); }
  .frame { fill: none; stroke: #5c6470; stroke: var(--muted); stroke-dasharray: 5 4; }
  .bar { fill: #0b69b7; fill: var(--bar); }
  .flow { fill: none; stroke: #5c6470; stroke: var(--muted); stroke-width: 1.5; }
  .head { fill: #5c6470; fill: var(--muted); }
)";

/// Lines of at most `columns` characters, broken between words.
std::vector<std::string> wrapped(const std::vector<std::string>& words, std::size_t columns) {
  std::vector<std::string> lines;
  for (const std::string& word : words) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > columns) {
      lines.push_back(word);
    } else {
      lines.back() += concat(' ', word);
    }
  }
  return lines;
}

int height_of(const NetworkRow& row) {
  if (row.kind != NetworkRow::Kind::layers) return kPillHeight;
  const int count = static_cast<int>(row.blocks.size());
  return count * kBlockHeight + (count - 1) * kBeside + (count > 1 ? 2 * kFrame : 0);
}

/// A connection to rows further down, right of the blocks.
struct Lane {
  std::size_t from = 0;
  std::vector<std::size_t> to;
  std::size_t column = 0;
};

// A lane for each row that others than the next one use; lanes that overlap are in different columns.
std::vector<Lane> lanes_of(const std::vector<NetworkRow>& rows) {
  std::vector<Lane> lanes;
  for (std::size_t from = 0; from < rows.size(); ++from) {
    Lane lane{.from = from, .to = {}};
    for (std::size_t to = from + 2; to < rows.size(); ++to) {
      if (std::ranges::find(rows[to].inputs, from) != rows[to].inputs.end()) lane.to.push_back(to);
    }
    if (lane.to.empty()) continue;
    const auto is_taken = [&](std::size_t column) {
      return std::ranges::any_of(
          lanes, [&](const Lane& other) { return other.column == column && other.to.back() >= lane.from; });
    };
    while (is_taken(lane.column)) ++lane.column;
    lanes.push_back(lane);
  }
  return lanes;
}

Markup label_at(std::string_view kind, int x, int y, std::string_view anchor, const std::string& text) {
  return element("text",
                 {{"class", std::string(kind)},
                  {"x", std::to_string(x)},
                  {"y", std::to_string(y)},
                  {"text-anchor", std::string(anchor)}},
                 text);
}

Markup box_of(std::string_view kind, int x, int y, int width, int height, int radius) {
  return void_element("rect", {{"class", std::string(kind)},
                               {"x", std::to_string(x)},
                               {"y", std::to_string(y)},
                               {"width", std::to_string(width)},
                               {"height", std::to_string(height)},
                               {"rx", std::to_string(radius)}});
}

Markup flow_path(const std::string& points) {
  return void_element("path", {{"class", "flow"}, {"d", points}});
}

Markup down_head(int x, int y) {
  return void_element("path", {{"class", "head"}, {"d", fmt::format("M{} {}l-4 -7h8z", x, y)}});
}

Markup left_head(int x, int y) {
  return void_element("path", {{"class", "head"}, {"d", fmt::format("M{} {}l7 -4v8z", x, y)}});
}

// "19683 × 128", "729 × 256 to 3 × 256".
std::string outputs_text(const NetworkBlock& block) {
  const std::string last = extents_text(block.output);
  return block.first_output == block.output ? last : concat(extents_text(block.first_output), " to ", last);
}

std::string cost_text(const NetworkBlock& block) {
  std::string text;
  if (block.macs > 0) text = concat(short_count(block.macs), " MACs");
  if (block.parameters > 0) {
    text += concat(text.empty() ? "" : ", ", grouped_digits(block.parameters),
                   block.parameters == 1 ? " parameter" : " parameters");
  }
  return text;
}

class NetworkDrawing {
 public:
  explicit NetworkDrawing(const models::NetworkGraph& graph)
      : macs_(graph.summary.macs), rows_(network_rows(graph)), lanes_(lanes_of(rows_)) {}

  int width() const {
    std::size_t columns = 0;
    for (const Lane& lane : lanes_) columns = std::max(columns, lane.column + 1);
    return 2 * kBlockLeft + kBlockWidth + 4 + kLaneStep * static_cast<int>(columns);
  }

  /// The rows from `top` on; afterwards `bottom` is below the last one.
  Markup rows(int top) {
    Markup drawing;
    for (const NetworkRow& row : rows_) {
      tops_.push_back(top);
      drawing.add(draw_row(row, top));
      top += height_of(row) + kArrow;
    }
    bottom_ = top - kArrow;
    for (std::size_t i = 1; i < rows_.size(); ++i) drawing.add(arrow_into(i));
    for (const Lane& lane : lanes_) drawing.add(draw_lane(lane));
    return drawing;
  }
  int bottom() const { return bottom_; }

 private:
  Markup draw_row(const NetworkRow& row, int top) const {
    if (row.kind != NetworkRow::Kind::layers) return draw_pill(row.blocks.front(), top);
    if (row.blocks.size() == 1) return draw_block(row.blocks.front(), kBlockLeft, kBlockWidth, top);
    Markup drawing = box_of("frame", kBlockLeft, top, kBlockWidth, height_of(row), 8);
    top += kFrame;
    for (const NetworkBlock& block : row.blocks) {
      drawing.add(draw_block(block, kBlockLeft + kFrame, kBlockWidth - 2 * kFrame, top));
      top += kBlockHeight + kBeside;
    }
    return drawing;
  }

  Markup draw_block(const NetworkBlock& block, int x, int width, int top) const {
    const int left = x + 12, right = x + width - 12;
    Markup drawing = box_of("card", x, top, width, kBlockHeight, 6);
    const std::string times = block.count > 1 ? fmt::format("  × {}", block.count) : "";
    drawing.add(label_at("name", left, top + 20, "start", block.name + times));
    drawing.add(label_at("ink", right, top + 20, "end", outputs_text(block)));
    const bool is_long = block.op.size() > kMostOfOp;
    drawing.add(label_at("op", left, top + 38, "start",
                         is_long ? concat(block.op.substr(0, kMostOfOp), "…") : block.op));
    drawing.add(label_at("cost", right, top + 38, "end", cost_text(block)));
    const double share = macs_ > 0 ? block.macs / macs_ : 0;
    const int bar = static_cast<int>(std::lround(share * (width - 24)));
    if (bar > 0) drawing.add(box_of("bar", left, top + kBlockHeight - kBarHeight - 1, bar, kBarHeight, 2));
    return drawing;
  }

  Markup draw_pill(const NetworkBlock& block, int top) const {
    Markup drawing = box_of("card", kMiddle - kPillWidth / 2, top, kPillWidth, kPillHeight, kPillHeight / 2);
    drawing.add(
        label_at("op", kMiddle, top + 17, "middle", concat(block.op, ":  ", extents_text(block.output))));
    return drawing;
  }

  // Half the width of a row.
  static int reach(const NetworkRow& row) {
    return row.kind == NetworkRow::Kind::layers ? kBlockWidth / 2 : kPillWidth / 2;
  }

  Markup arrow_into(std::size_t i) const {
    const auto& inputs = rows_[i].inputs;
    if (std::ranges::find(inputs, i - 1) == inputs.end()) return {};
    const int from = tops_[i] - kArrow;
    return join(flow_path(fmt::format("M{} {}v{}", kMiddle, from, kArrow - 4)), down_head(kMiddle, tops_[i]));
  }

  // Leaves below the middle of its row and arrives above the middle of others, so that both may be in one row.
  Markup draw_lane(const Lane& lane) const {
    const int x = kBlockLeft + kBlockWidth + 4 + kLaneStep / 2 + kLaneStep * static_cast<int>(lane.column);
    const NetworkRow& source = rows_[lane.from];
    const int begin = tops_[lane.from] + height_of(source) / 2 + 6;
    const auto y_of = [&](std::size_t to) {
      const auto& inputs = rows_[to].inputs;
      const auto place = std::ranges::find(inputs, lane.from) - inputs.begin();
      return tops_[to] + height_of(rows_[to]) / 2 - 6 + 4 * static_cast<int>(place);
    };
    std::string points = fmt::format("M{} {}H{}V{}", kMiddle + reach(source), begin, x, y_of(lane.to.back()));
    Markup heads;
    for (const std::size_t to : lane.to) {
      const int end = kMiddle + reach(rows_[to]), y = y_of(to);
      points += fmt::format("M{} {}H{}", x, y, end + 6);
      heads.add(left_head(end, y));
    }
    return join(flow_path(points), heads);
  }

  double macs_;
  std::vector<NetworkRow> rows_;
  std::vector<Lane> lanes_;
  std::vector<int> tops_;
  int bottom_ = 0;
};

std::vector<std::string> head_lines(const models::NetworkSummary& summary,
                                    const std::vector<std::string>& options) {
  const models::Input& input = summary.input;
  std::vector<std::string> lines = {
      fmt::format("{:.2f} s: {} samples at {} Hz",
                  static_cast<double>(input.samples) / static_cast<double>(input.sample_rate),
                  grouped_digits(input.samples), grouped_digits(input.sample_rate)),
      concat(grouped_digits(summary.parameters), " parameters, ", short_count(summary.macs),
             " multiply-accumulates (MACs)")};
  for (std::string& line : wrapped(options, kOptionsColumns)) lines.push_back(std::move(line));
  return lines;
}

}  // namespace

std::string grouped_digits(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3 && digits[i - 4] != '-';) digits.insert(i -= 3, ",");
  return digits;
}

std::string short_count(double number) {
  constexpr std::string_view kUnits[] = {"", " k", " M", " G", " T"};
  std::size_t unit = 0;
  while (number >= 999.5 && unit + 1 < std::size(kUnits)) {
    number /= 1000;
    ++unit;
  }
  if (unit == 0) return fmt::format("{:.0f}", number);
  return fmt::format("{:.{}f}{}", number, number < 9.995 ? 2 : number < 99.95 ? 1 : 0, kUnits[unit]);
}

std::string extents_text(const Shape& shape) {
  std::string text;
  for (const std::int64_t extent : shape) text += concat(text.empty() ? "" : " × ", grouped_digits(extent));
  return text;
}

std::string draw_network(const std::string& name, const models::NetworkGraph& graph,
                         const std::vector<std::string>& options) {
  NetworkDrawing drawing(graph);
  const std::vector<std::string> lines = head_lines(graph.summary, options);
  const int width = drawing.width();
  int y = 34;
  Markup head = label_at("title", kBlockLeft, y, "start", name);
  for (const std::string& line : lines)
    head.add(label_at("head-line", kBlockLeft, y += kHeadLine, "start", line));
  const Markup body = drawing.rows(y + 20);
  Markup foot;
  y = drawing.bottom() + 8;
  for (const char* const line :
       {"At the right the extents of the output: time × frequency × channels, or time × channels.",
        "Bars: the share of a block in the multiply-accumulates. A dashed frame: blocks side by side."})
    foot.add(label_at("foot-line", kBlockLeft, y += kHeadLine, "start", line));
  const int height = y + 16;
  const std::string label = concat(name, ": ", lines[0], "; ", lines[1]);
  const Markup svg =
      element("svg",
              {{"xmlns", "http://www.w3.org/2000/svg"},
               {"width", std::to_string(width)},
               {"height", std::to_string(height)},
               {"viewBox", fmt::format("0 0 {} {}", width, height)},
               {"role", "img"},
               {"aria-label", label}},
              element("title", {}, label), element("style", {}, Markup::verbatim(kPictureStyle)),
              box_of("page", 0, 0, width, height, 0), head, body, foot);
  return svg.str() + '\n';
}

}  // namespace sonograd::train
