#include "train/data/segments.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

/// Segments of published annotations that follow each other may share the last digit of a time.
constexpr double kSharedSeconds = 1e-3;

/// The first word of `text`, which loses it and the blanks behind it.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

Segment parse_segment(std::string_view text, std::string_view where) {
  std::string_view rest = trim(text);
  const auto begin = parse_number<double>(take_word(rest)), end = parse_number<double>(take_word(rest));
  if (!begin || !end || rest.empty() || !(*begin >= 0) || !(*end >= *begin) || !std::isfinite(*end)) {
    throw DataError(concat(where, ": expected START END LABEL, with 0 <= START <= END in seconds, got '",
                           trim(text), "'"));
  }
  if (rest.find(';') != std::string_view::npos)
    throw DataError(concat(where, ": expected a label without a semicolon, got '", rest, "'"));
  return {*begin, *end, std::string(rest)};
}

}  // namespace

std::vector<Segment> parse_segments(std::string_view cell, std::string_view where) {
  std::vector<Segment> segments;
  while (!trim(cell).empty()) {
    const std::size_t end = std::min(cell.find(';'), cell.size());
    segments.push_back(parse_segment(cell.substr(0, end), where));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return segments;
}

std::vector<Segment> read_segments(const std::filesystem::path& file) {
  const std::string text = io::read_text_file(file);
  std::vector<Segment> segments;
  std::size_t number = 0;
  for (const std::string_view line : text_lines(text)) {
    ++number;
    if (!trim(line).empty()) segments.push_back(parse_segment(line, concat(file.string(), ':', number)));
  }
  return segments;
}

std::string segments_cell(std::span<const Segment> segments) {
  std::string cell;
  for (const Segment& segment : segments) {
    cell += fmt::format("{}{} {} {}", cell.empty() ? "" : "; ", segment.begin, segment.end, segment.label);
  }
  return cell;
}

bool overlap(std::span<const Segment> segments) {
  std::vector<Segment> in_order(segments.begin(), segments.end());
  std::ranges::sort(in_order, {}, &Segment::begin);
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    for (std::size_t next = i + 1;
         next < in_order.size() && in_order[next].begin < in_order[i].end - kSharedSeconds; ++next) {
      if (in_order[next].label != in_order[i].label) return true;
    }
  }
  return false;
}

}  // namespace sonograd::train
