// The result of a run in sentences, for readers who do not know the scores.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/eval/intervals.h"
#include "train/report/report_data.h"

namespace sonograd::train::report {

/// Words for the ROC-AUC of a network, in [0, 1]: how well it finds tags, and on which side of chance (0.5) it is.
std::string_view grade_of(double roc_auc);

/// Words for a label whose ROC-AUC lies in `interval` when that contains chance (0.5) or is below it, else empty.
std::string_view relation_to_chance(const Interval& interval);

/// How much better than chance the test scores are, the weakest labels and probable reasons, and the course of the training. Empty
/// without scores and epochs.
std::vector<std::string> verdict(const ReportData& report);

}  // namespace sonograd::train::report
