// From the files of a run, its data set and its scores to the data of a report.
#pragma once

#include <filesystem>
#include <functional>

#include "train/report/report_data.h"

namespace sonograd::train::report {

/// The part of a report that comes from the run folder alone. Throws ConfigError for a folder without config.toml; IoError, FormatError
/// and DataError for damaged files.
ReportData read_run(const std::filesystem::path& run);

/// Counts clips and reads the length of every file from its header, on `threads` threads; nothing is decoded.
DataStatistics collect_statistics(const Dataset& dataset, int threads);

/// Adds single clips to the scores: `count` of the best and of the worst, no clip in both lists.
/// `sample_rate` in Hz: the input rate of the model.
TestScores collect_scores(Evaluation evaluation, const Dataset& dataset, std::string aggregate,
                          int sample_rate, std::size_t count = 6);

}  // namespace sonograd::train::report
