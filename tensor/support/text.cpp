#include "tensor/support/text.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "tensor/support/ascii.h"
#include "tensor/support/error.h"

namespace sonograd {

std::vector<std::string_view> text_lines(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string listed(std::span<const std::string> names, std::size_t most) {
  const std::size_t shown = std::min(most, names.size());
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool is_last = i + 1 == names.size();
    text += concat(i == 0 ? "" : is_last ? " and " : ", ", names[i]);
  }
  return shown == names.size() ? text : concat(text, " and ", names.size() - shown, " more");
}

std::string counted(std::size_t count, std::string_view word) {
  return concat(count, ' ', word, count == 1 ? "" : "s");
}

namespace {

/// True when two neighbouring characters have changed places.
bool differ_by_a_swap(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const auto first = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  return first + 1 < a.size() && a[first] == b[first + 1] && a[first + 1] == b[first] &&
         a.substr(first + 2) == b.substr(first + 2);
}

}  // namespace

std::string did_you_mean(std::string_view word, std::span<const std::string> words,
                         std::span<const std::string> shown) {
  constexpr std::size_t kMost = 3;
  const std::size_t tolerance = word.size() < 4 ? 1 : std::max<std::size_t>(2, word.size() / 4);
  const std::string lower = in_lower_case(word);
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string each = in_lower_case(words[i]);
    const std::size_t distance = differ_by_a_swap(lower, each) ? 1 : edit_distance(lower, each);
    if (distance <= tolerance && distance < each.size())
      near.emplace_back(distance, shown.empty() ? words[i] : shown[i]);
  }
  std::ranges::stable_sort(near, {}, &std::pair<std::size_t, std::string_view>::first);
  std::erase_if(near, [nearest = near.empty() ? 0 : near.front().first](const auto& each) {
    return each.first > nearest;
  });
  near.resize(std::min(near.size(), kMost));
  std::string text;
  for (std::size_t i = 0; i < near.size(); ++i)
    text += concat(i == 0 ? "; did you mean " : i + 1 == near.size() ? " or " : ", ", near[i].second);
  return text.empty() ? text : text + '?';
}

}  // namespace sonograd
