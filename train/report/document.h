// The HTML around the contents of a page: one file, which loads nothing from the network.
#pragma once

#include <string>
#include <string_view>

#include "train/pictures/markup.h"

namespace sonograd::train::report {

/// A complete page with style and script inside; `content` stands in its body. `sources`: directives of the Content-Security-Policy
/// beyond those for style and script, each with "; " behind it; all other sources are refused.
std::string html_document(std::string_view title, std::string_view sources, const Markup& content);

}  // namespace sonograd::train::report
