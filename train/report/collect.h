// From the files of a run, its data set and its scores to the data of a report.
#pragma once

#include <filesystem>
#include <functional>

#include "train/report/report_data.h"

namespace sonograd::train::report {

/// What the run folder alone tells. Throws ConfigError for a folder without config.toml; IoError, FormatError
/// and DataError for damaged files.
ReportData read_run(const std::filesystem::path& run);

/// Counts clips and asks every file for its length, on `threads` threads; nothing is decoded.
DataStatistics collect_statistics(const Dataset& dataset, int threads);

/// Adds the clips to look at to the scores: `count` of the best and of the worst, no clip in both lists.
/// `sample_rate` in Hz: what the model hears.
TestScores collect_scores(Evaluation evaluation, const Dataset& dataset, std::string aggregate,
                          int sample_rate, std::size_t count = 6);

}  // namespace sonograd::train::report
