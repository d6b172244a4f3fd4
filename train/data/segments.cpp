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
  if (rest.find_first_of(";\t") != std::string_view::npos)
    throw DataError(concat(where, ": expected a label without semicolons and tabs, got '", rest, "'"));
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
  std::vector<const Segment*> in_order;
  for (const Segment& segment : segments) in_order.push_back(&segment);
  std::ranges::sort(in_order, {}, [](const Segment* segment) { return segment->begin; });
  // The segment so far that ends last, and the end of the last one with another label than it.
  const Segment* last = nullptr;
  double other_end = 0;
  for (const Segment* const segment : in_order) {
    const bool is_same = last == nullptr || segment->label == last->label;
    if (segment->begin < (is_same ? other_end : last->end) - kSharedSeconds) return true;
    if (last == nullptr || segment->end > last->end) {
      if (!is_same) other_end = last->end;
      last = segment;
    } else if (!is_same) {
      other_end = std::max(other_end, segment->end);
    }
  }
  return false;
}

}  // namespace sonograd::train
