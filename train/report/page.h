// The report as one HTML file without other files.
#pragma once

#include <string>

#include "train/report/report_data.h"

namespace sonograd::train::report {

/// A complete page: style, script and pictures are inside; it loads nothing from the network.
std::string format_page(const ReportData& report);

}  // namespace sonograd::train::report
