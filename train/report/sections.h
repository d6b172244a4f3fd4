// The parts of the page, each a function of the data; empty without data.
#pragma once

#include "train/pictures/markup.h"
#include "train/report/report_data.h"

namespace sonograd::train::report {

Markup summary_section(const ReportData& report);     ///< headline scores, and what is missing
Markup comparison_section(const ReportData& report);  ///< two runs beside each other
Markup training_section(const ReportData& report);    ///< loss, validation scores, learning rate
Markup labels_section(const ReportData& report);      ///< table, precision-recall curves, histograms
Markup confusion_section(const ReportData& report);   ///< multi-class only
Markup clips_section(const ReportData& report);       ///< best and worst clips
Markup data_section(const ReportData& report);        ///< clips per split and label, durations
Markup time_section(const ReportData& report);        ///< seconds per epoch, waiting, sessions
Markup origin_section(const ReportData& report);      ///< command and configuration

/// `<section id=…>` under a heading, with a sentence on how to read it.
template <class... Parts>
Markup section(std::string_view id, std::string_view title, std::string_view reading, const Parts&... parts) {
  return element("section", {{"id", std::string(id)}}, element("h2", {}, title),
                 element("p", {{"class", "reading"}}, reading), parts...);
}

/// "12 s", "4.1 min" or "2.3 h".
std::string rough_time(double seconds);

}  // namespace sonograd::train::report
