// Whether a page is well-formed, for tests that write one.
#pragma once

#include <string>
#include <string_view>

namespace sonograd::test {

/// What is wrong with HTML or SVG whose elements are all closed explicitly, as `<a>…</a>` or `<a/>`: tags that do
/// not match, bare < or &, attributes without quotes. Empty: nothing. The content of `script` and `style` is passed
/// over.
std::string html_fault(std::string_view page);

}  // namespace sonograd::test
