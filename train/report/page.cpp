#include "train/report/page.h"

#include <array>
#include <fmt/format.h>

#include "train/report/document.h"
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
  constexpr const char* kPicturesAndClips = "img-src data:; media-src 'self' file:; ";
  Markup content = header;
  content.add(element("main", {}, summary_section(report), sections));
  return html_document(report.name + " – Sonograd report", kPicturesAndClips, content);
}

}  // namespace sonograd::train::report
