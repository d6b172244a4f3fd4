// Tables that a click on a column heading sorts, by the `data-value` of the cells (page.js).
#pragma once

#include <cstddef>
#include <string_view>

#include "train/pictures/markup.h"

namespace sonograd::train::report {

/// A column heading. `kind` is its class: `text` or `number`, and further classes of the style sheet.
Markup sortable_heading(std::string_view text, std::string_view kind);

/// The table `id`, in a box that scrolls. `headings` are `th`, `rows` are `tr`; below a long table stands that it has `count` rows, with
/// a button that shows all. `noun`: the rows, in the plural.
Markup sortable_table(std::string_view id, const Markup& headings, const Markup& rows, std::size_t count,
                      std::string_view noun);

}  // namespace sonograd::train::report
