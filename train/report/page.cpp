#include "train/report/page.h"

#include <array>
#include <fmt/format.h>

#include "train/report/embedded.h"
#include "train/report/sections.h"

namespace sonograd::train::report {
namespace {

struct Link {
  const char* name;
  const char* target;
  Markup (*section)(const ReportData&);
};

constexpr std::array kSections = {Link{"Comparison", "#comparison", comparison_section},
                                  Link{"Training", "#training", training_section},
                                  Link{"Labels", "#labels", labels_section},
                                  Link{"Confusion", "#confusion", confusion_section},
                                  Link{"Clips", "#clips", clips_section},
                                  Link{"Data", "#data", data_section},
                                  Link{"Time", "#time", time_section},
                                  Link{"Origin", "#origin", origin_section}};

std::string subtitle(const ReportData& report) {
  const Settings& settings = report.settings;
  std::string text = settings.train.arch;
  if (report.test) text += fmt::format(" · {} labels", report.test->labels.size());
  if (!report.sessions.empty()) {
    const RunSession& last = report.sessions.back();
    text += fmt::format(" · {} · {}", last.device, last.started.substr(0, 10));
  }
  return text;
}

Markup head(const ReportData& report) {
  constexpr const char* kNothingFromOutside =
      "default-src 'none'; img-src data:; media-src 'self' file:; style-src 'unsafe-inline'; "
      "script-src 'unsafe-inline'";
  return element(
      "head", {}, void_element("meta", {{"charset", "utf-8"}}),
      void_element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
      void_element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}),
      void_element("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", kNothingFromOutside}}),
      element("title", {}, report.name, " – Sonograd report"),
      element("style", {}, Markup::verbatim(page_css())));
}

}  // namespace

std::string format_page(const ReportData& report) {
  Markup links, sections;
  for (const Link& link : kSections) {
    const Markup section = link.section(report);
    if (section.empty()) continue;
    sections.add(section);
    links.add(element("a", {{"href", link.target}}, link.name));
  }
  const Markup header =
      element("header", {}, element("h1", {}, report.name),
              element("p", {{"class", "subtitle"}}, subtitle(report)), element("nav", {}, links));
  const Markup body = element("body", {}, header, element("main", {}, summary_section(report), sections),
                              element("script", {}, Markup::verbatim(page_js())));
  return "<!DOCTYPE html>\n" + element("html", {{"lang", "en"}}, head(report), body).str() + '\n';
}

}  // namespace sonograd::train::report
