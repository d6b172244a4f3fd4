// Scoring test clips, for `evaluate` and `report`.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/options/chunk_options.h"
#include "app/options/compute_options.h"
#include "train/eval/evaluator.h"

namespace sonograd::app {

struct TestOptions {
  ChunkOptions chunks;
  train::Level level = train::Level::song;
  std::optional<double> cache_max;  ///< GiB; absent: the run's, else the default of `train`

  void add_to(CLI::App& app);
  /// The option `--level`.
  void add_level_to(CLI::App& app);
};

/// `split.tsv` of the run folder that a MODEL argument names; empty when it names none.
std::filesystem::path run_split_of(const std::filesystem::path& model);

/// Scores the test rows of `dataset` under a progress bar, and lists skipped clips and undefined scores on
/// stderr. `origin`: the model file, or the run folder, whose limit of the cache applies. Nothing when the user
/// interrupts.
std::optional<train::Evaluation> score_test_clips(const models::Model& model, const train::Dataset& dataset,
                                                  const TestOptions& options, const ComputeOptions& compute,
                                                  const std::filesystem::path& origin);

/// Four decimals; "-" for a score that is not defined.
std::string score_text(const std::optional<double>& score);

/// The object of `evaluate --json`: `clips` (or `steps`), `aggregate roc_auc pr_auc accuracy f1 f1_fitted tags`; null: not defined. The
/// entries of `tags` have `threshold` and `f1_fitted` where the model has thresholds.
nlohmann::ordered_json scores_to_json(const train::Evaluation& scores, const std::vector<std::string>& labels,
                                      models::Aggregate aggregate);

}  // namespace sonograd::app
