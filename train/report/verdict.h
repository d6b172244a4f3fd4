// The result of a run in sentences, for readers who do not know the scores.
#pragma once

#include <string>
#include <vector>

#include "train/report/report_data.h"

namespace sonograd::train::report {

/// How much better than chance the test scores are, the weakest labels and probable reasons, and the course of the training. Empty
/// without scores and epochs.
std::vector<std::string> verdict(const ReportData& report);

}  // namespace sonograd::train::report
