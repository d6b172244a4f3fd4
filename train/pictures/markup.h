// HTML and SVG as values: text from files can only be added escaped.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sonograd::train {

/// `value` is escaped when it is written.
struct Attribute {
  std::string_view name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

/// Well-formed markup, in UTF-8. Strings become text, never elements.
class Markup {
 public:
  Markup() = default;
  /// Trusted markup: parts of this program, such as the style sheet.
  static Markup verbatim(std::string_view markup);

  /// Invalid bytes and control characters become U+FFFD.
  Markup& add(std::string_view text);
  Markup& add(const Markup& markup);
  const std::string& str() const { return markup_; }
  bool empty() const { return markup_.empty(); }

 private:
  friend Markup start_tag(std::string_view, Attributes, std::string_view);
  std::string markup_;
};

/// `<name attributes` followed by `end`.
Markup start_tag(std::string_view name, Attributes attributes, std::string_view end);

/// Children are markup or text.
template <class... Children>
Markup element(std::string_view name, Attributes attributes, const Children&... children) {
  Markup result = start_tag(name, attributes, ">");
  (result.add(children), ...);
  return result.add(start_tag(std::string("/").append(name), {}, ">"));
}

/// An element that has no content: `img`, `meta`, and those of SVG.
inline Markup void_element(std::string_view name, Attributes attributes) {
  return start_tag(name, attributes, "/>");
}

/// Some markup after another.
template <class... Parts>
Markup join(const Parts&... parts) {
  Markup result;
  (result.add(parts), ...);
  return result;
}

}  // namespace sonograd::train
