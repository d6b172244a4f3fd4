// The data of a report, as plain values. Data that are not available are absent; `remarks` give the reasons.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "train/config/settings.h"
#include "train/eval/evaluator.h"
#include "train/run/run_observer.h"
#include "train/run/run_record.h"

namespace sonograd::train::report {

/// A part of the split.
struct PartStatistics {
  std::string name;
  std::size_t clips = 0;
  double seconds = 0;                ///< of the clips with a known length
  std::vector<std::size_t> support;  ///< number of clips with each label
};

struct DataStatistics {
  std::string folder;
  std::vector<std::string> labels;
  std::vector<PartStatistics> parts;
  std::vector<double> durations;  ///< s, of the clips with a known length
  std::size_t unknown_durations = 0;
};

/// A clip of the test split with its scores.
struct ClipView {
  std::size_t clip = 0;  ///< of the evaluation
  std::string path;      ///< as the table has it
  std::filesystem::path file;
  double loss = 0;  ///< cross-entropy between its tags and its scores
  double seconds = 0;
  std::string mel;  ///< PNG file; empty: the clip cannot be read any more
};

struct TestScores {
  std::vector<std::string> labels;
  std::string aggregate;
  int sample_rate = 0;  ///< Hz, of the input of the model and of the pictures
  Evaluation evaluation;
  std::vector<ClipView> best, worst;  ///< by loss, the most extreme first

  bool one_label() const { return evaluation.confusion.has_value(); }
  /// The word for examples.
  std::string_view examples() const { return evaluation.has_steps ? "steps" : "clips"; }
  /// From this score on a label is predicted: the threshold of the model, else 0.5.
  double threshold_of(std::size_t label) const {
    return evaluation.fitted ? evaluation.fitted->thresholds[label] : 0.5;
  }
  /// Scores of one label: row `clip` of the evaluation is at [clip].
  std::vector<float> targets_of(std::size_t label) const;
  std::vector<float> scores_of(std::size_t label) const;
};

struct ReportData {
  std::string name;                   ///< of the run folder
  std::filesystem::path page_folder;  ///< of the page, for links to clips; empty: there are none
  Settings settings;
  std::string config;  ///< text of config.toml
  std::vector<RunSession> sessions;
  std::vector<EpochReport> epochs;
  std::size_t train_clips = 0;  ///< according to split.tsv
  std::optional<DataStatistics> data;
  std::optional<TestScores> test;
  std::optional<Evaluation> retrieval;  ///< of embeddings, in the place of `test`
  std::vector<std::string> remarks;
  std::shared_ptr<const ReportData> other;  ///< a run to compare with; may be absent
};

}  // namespace sonograd::train::report
