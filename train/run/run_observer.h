// Progress of a run: reports and warnings for an observer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "train/eval/retrieval.h"

namespace sonograd::train {

/// After a step. Epochs, batches and steps count from 1 here: they are how many are done or under way.
struct StepReport {
  std::int64_t epoch = 0, epochs = 0;
  std::int64_t batch = 0, batches = 0;  ///< of the epoch
  std::int64_t step = 0, steps = 0;     ///< of the run
  double loss = 0;                      ///< mean over the examples of the epoch so far
  double lr = 0;
  double examples_per_second = 0;  ///< of the epoch so far
  double wait_share = 0;           ///< of the epoch's time, spent waiting for data
  double seconds_left = 0;         ///< of the run, at the pace so far
};

/// After an epoch: one line of `metrics.jsonl`. Values that do not apply are absent.
struct EpochReport {
  std::int64_t epoch = 0;
  std::int64_t step = 0;
  double train_loss = 0;
  std::optional<double> valid_loss, valid_roc_auc, valid_pr_auc, valid_accuracy;
  std::array<std::optional<double>, kRecallAt.size()> valid_recall;  ///< metric learning only, as the next
  std::optional<double> valid_triplet_accuracy;
  double lr = 0;       ///< of the last step
  double seconds = 0;  ///< of the epoch, validation included
  double wait_share = 0;
  bool is_best = false;  ///< not recorded: this epoch has replaced `best.safetensors`
};

/// Called on the thread that runs the training.
class RunObserver {
 public:
  virtual ~RunObserver() = default;

  /// Clips read before training and during validation.
  virtual void on_prepare(std::size_t /*done*/, std::size_t /*total*/) {}
  virtual void on_validate(std::size_t /*done*/, std::size_t /*total*/) {}
  virtual void on_step(const StepReport& /*report*/) {}
  virtual void on_epoch(const EpochReport& /*report*/) {}
  /// A remark for the user; the run continues.
  virtual void on_warning(const std::string& /*message*/) {}
  /// A part of the network did not get the weights that the run starts from; quiet programs show this, too.
  virtual void on_partial_start(const std::string& message) { on_warning(message); }
  /// An exception is about to end the run; the files in `folder` are complete.
  virtual void on_failure(const std::filesystem::path& /*folder*/) {}
  /// Asked between steps and clips; false saves a checkpoint and ends the run.
  virtual bool keep_going() { return true; }
};

}  // namespace sonograd::train
