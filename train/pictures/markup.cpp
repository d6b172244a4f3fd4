#include "train/pictures/markup.h"

#include "tensor/support/utf8.h"

namespace sonograd::train {
namespace {

// U+FFFE and U+FFFF, which no XML document may contain, become U+FFFD, as bytes that are not UTF-8 do.
std::string xml_characters(std::string_view text) {
  std::string result = to_utf8_lossy(text);
  for (const std::string_view character : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = 0; (at = result.find(character, at)) != std::string::npos;)
      result.replace(at, character.size(), "\uFFFD");
  }
  return result;
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : xml_characters(text)) {
    const bool is_control = (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        is_control ? out += "\uFFFD" : out += c;
    }
  }
}

}  // namespace

Markup Markup::verbatim(std::string_view markup) {
  Markup result;
  result.markup_ = markup;
  return result;
}

Markup& Markup::add(std::string_view text) {
  append_escaped(markup_, text);
  return *this;
}

Markup& Markup::add(const Markup& markup) {
  markup_ += markup.markup_;
  return *this;
}

Markup start_tag(std::string_view name, Attributes attributes, std::string_view end) {
  Markup result;
  result.markup_.append("<").append(name);
  for (const Attribute& attribute : attributes) {
    result.markup_.append(" ").append(attribute.name).append("=\"");
    append_escaped(result.markup_, attribute.value);
    result.markup_ += '"';
  }
  result.markup_ += end;
  return result;
}

}  // namespace sonograd::train
