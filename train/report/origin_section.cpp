#include <fmt/format.h>

#include "train/pictures/plot.h"
#include "train/report/sections.h"

namespace sonograd::train::report {
namespace {

Markup session_row(const RunSession& session) {
  const std::string machine =
      fmt::format("{}, {}, {} threads, {}", session.host, session.device, session.threads, session.precision);
  const std::string result = session.outcome.empty() ? "under way, or killed"
                                                     : fmt::format("{} after {}", session.outcome,
                                                                   rough_time(session.seconds.value_or(0)));
  return element("tr", {}, element("td", {}, session.started), element("td", {}, machine),
                 element("td", {}, result), element("td", {}, std::to_string(session.unreadable)),
                 element("td", {}, session.version));
}

}  // namespace

Markup origin_section(const ReportData& report) {
  Markup commands, rows;
  for (const RunSession& session : report.sessions) {
    commands.add(element("pre", {{"class", "command"}}, session.command));
    rows.add(session_row(session));
  }
  Markup head;
  for (const char* name : {"started", "where", "result", "clips skipped", "sonograd"}) {
    head.add(element("th", {{"scope", "col"}}, name));
  }
  const Markup sessions =
      report.sessions.empty()
          ? Markup()
          : element("div", {{"class", "scroll"}},
                    element("table", {{"class", "plain text"}}, element("thead", {}, element("tr", {}, head)),
                            element("tbody", {}, rows)));
  return section(
      "origin", "How it was made", "The command lines and every setting of the run.", commands, sessions,
      element("details", {}, element("summary", {}, "config.toml"), element("pre", {}, report.config)));
}

}  // namespace sonograd::train::report
