#include "train/report/sortable_table.h"

#include <fmt/format.h>

namespace sonograd::train::report {

Markup sortable_heading(std::string_view text, std::string_view kind) {
  return element("th", {{"scope", "col"}, {"class", std::string(kind)}},
                 element("button", {{"type", "button"}}, text));
}

Markup sortable_table(std::string_view id, const Markup& headings, const Markup& rows, std::size_t count,
                      std::string_view noun) {
  constexpr std::size_t kRowsThatFit = 16;
  const Markup table =
      element("div", {{"class", "scroll"}},
              element("table", {{"class", "sortable"}, {"id", std::string(id)}},
                      element("thead", {}, element("tr", {}, headings)), element("tbody", {}, rows)));
  if (count <= kRowsThatFit) return element("div", {}, table);
  const Markup more =
      element("p", {{"class", "more"}}, fmt::format("{} {}; the table scrolls. ", count, noun),
              element("button", {{"type", "button"}, {"class", "open"}}, fmt::format("Show all {}", count)));
  return element("div", {}, table, more);
}

}  // namespace sonograd::train::report
