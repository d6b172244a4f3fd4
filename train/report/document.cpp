#include "train/report/document.h"

#include <fmt/format.h>

#include "train/report/embedded.h"

namespace sonograd::train::report {

std::string html_document(std::string_view title, std::string_view sources, const Markup& content) {
  const std::string policy =
      fmt::format("default-src 'none'; {}style-src 'unsafe-inline'; script-src 'unsafe-inline'", sources);
  const Markup head = element(
      "head", {}, void_element("meta", {{"charset", "utf-8"}}),
      void_element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
      void_element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}),
      void_element("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", policy}}),
      element("title", {}, title), element("style", {}, Markup::verbatim(page_css())));
  const Markup body = element("body", {}, content, element("script", {}, Markup::verbatim(page_js())));
  return "<!DOCTYPE html>\n" + element("html", {{"lang", "en"}}, head, body).str() + '\n';
}

}  // namespace sonograd::train::report
