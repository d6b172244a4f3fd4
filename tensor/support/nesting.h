// Depth of JSON and TOML text, counted before a parser sees it: parsers and the destructors of their results recurse.
#pragma once

#include <string_view>

namespace sonograd {

/// Most levels of objects, arrays and tables one inside another, in every format that is read here.
inline constexpr int kMaxNesting = 64;

/// Brackets outside of strings. Throws FormatError, naming the line, for text that nests deeper than kMaxNesting. Text
/// that is not JSON passes when it does not.
void check_json_nesting(std::string_view text);

/// Arrays and tables, of which each part of a dotted key or header makes one: `a.b.c = [1]` has 4 levels, with the one that
/// contains `a`. Throws as `check_json_nesting`.
void check_toml_nesting(std::string_view text);

}  // namespace sonograd
