// Text from files inside a Markdown page.
#pragma once

#include <string>
#include <string_view>

namespace sonograd::app {

/// `text` as words of a paragraph or of a table cell: nothing in it is markup, a link, HTML or the end of a line. Control
/// characters and bytes that are no UTF-8 are escaped as `to_printable` does it; what is long is cut.
std::string markdown_text(std::string_view text);

}  // namespace sonograd::app
