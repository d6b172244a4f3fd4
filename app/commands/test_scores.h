// Scoring test clips, for `evaluate` and `report`.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/options/chunk_options.h"
#include "app/options/compute_options.h"
#include "train/data/metric_record.h"
#include "train/eval/evaluator.h"

namespace sonograd::app {

struct TestOptions {
  ChunkOptions chunks;
  train::Level level = train::Level::song;
  std::string
      embedding;  ///< output to compare clips by; empty: that of a model trained by triplets, else scores of labels
  std::optional<double> cache_max;  ///< GiB; absent: the run's, else the default of `train`

  void add_to(CLI::App& app);
  /// The options `--level` and `--embedding`.
  void add_level_to(CLI::App& app);
  /// Nothing for scores of labels. Throws ConfigError for an output that the network lacks.
  std::optional<train::MetricRecord> metric_of(const models::Model& model) const;
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

/// A score of an embedding: `recall@8`, its key in JSON, `recall_8`, and its value; empty: not defined.
struct RetrievalScore {
  std::string name, key;
  std::optional<double> value;
};

/// Recall, share of right triplets and loss of an evaluation of embeddings.
std::vector<RetrievalScore> retrieval_list(const train::Evaluation& scores);

/// The object of `evaluate --json`: `clips` (or `steps`), `aggregate roc_auc pr_auc accuracy f1 f1_fitted tags`; null: not defined. The
/// entries of `tags` have `threshold` and `f1_fitted` where the model has thresholds. For embeddings: `clips queries`, and the scores of `retrieval_list`.
nlohmann::ordered_json scores_to_json(const train::Evaluation& scores, const std::vector<std::string>& labels,
                                      models::Aggregate aggregate);

}  // namespace sonograd::app
