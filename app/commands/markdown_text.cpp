#include "app/commands/markdown_text.h"

#include "tensor/support/ascii.h"
#include "tensor/support/utf8.h"

namespace sonograd::app {
namespace {

// Punctuation that begins markup anywhere in a line, `:` and `@` of links that need no brackets among it.
constexpr std::string_view kMarkup = R"(\`*_{}[]()#!|~:@$)";
constexpr std::size_t kMostOfText = 400;

}  // namespace

std::string markdown_text(std::string_view text) {
  std::string escaped;
  bool is_first = true;
  for (const char c : to_printable(text, kMostOfText)) {
    const bool ends_www = c == '.' && in_lower_case(escaped).ends_with("www");
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      const bool begins_list = is_first && (c == '-' || c == '+');
      if (kMarkup.find(c) != std::string_view::npos || ends_www || begins_list) escaped += '\\';
      escaped += c;
    }
    is_first = false;
  }
  return escaped;
}

}  // namespace sonograd::app
