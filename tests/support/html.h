// A check that a page is well-formed, for tests that write one.
#pragma once

#include <string>
#include <string_view>

namespace sonograd::test {

/// First fault of HTML or SVG whose elements are all closed explicitly, as `<a>…</a>` or `<a/>`: tags that do
/// not match, bare < or &, attributes without quotes. Empty: none. The content of `script` and `style` is passed
/// over.
std::string html_fault(std::string_view page);

}  // namespace sonograd::test
