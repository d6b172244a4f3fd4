// The report as one HTML file that needs nothing else.
#pragma once

#include <string>

#include "train/report/report_data.h"

namespace sonograd::train::report {

/// A complete page: style, script and pictures are inside, and it asks the network for nothing.
std::string format_page(const ReportData& report);

}  // namespace sonograd::train::report
