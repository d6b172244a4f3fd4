#include "train/report/sortable_table.h"

namespace sonograd::train::report {

Markup sortable_heading(std::string_view text, std::string_view kind) {
  return element("th", {{"scope", "col"}, {"class", std::string(kind)}},
                 element("button", {{"type", "button"}}, text));
}

Markup sortable_table(std::string_view id, const Markup& headings, const Markup& rows) {
  return element("div", {{"class", "scroll"}},
                 element("table", {{"class", "sortable"}, {"id", std::string(id)}},
                         element("thead", {}, element("tr", {}, headings)), element("tbody", {}, rows)));
}

}  // namespace sonograd::train::report
