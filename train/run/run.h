// `sonograd train`: from settings to a run folder with a trained model, and the continuation of a stopped run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "train/config/settings.h"
#include "train/data/dataset.h"
#include "train/run/run_observer.h"
#include "train/run/run_record.h"

namespace sonograd::train {

struct RunResult {
  bool finished = false;                ///< else the observer stopped it, and `resume_run` continues
  std::vector<ClipProblem> unreadable;  ///< clips that were skipped or lost during training
  std::int64_t epochs = 0;              ///< complete ones
  std::int64_t best_epoch = 0;          ///< from 1: the one in best.safetensors; 0: there is none yet
  std::optional<double> best_loss;      ///< of validation
  double seconds = 0;                   ///< of training and validation in this session
};

/// A clip that cannot be read at first is skipped. One that is lost during training is replaced in its batches
/// (Batcher) and left out of the validation; a resumed run keeps the clips of its beginning.
///
/// Trains into the new folder `folder`. Device, threads and precision are those of `settings.train`; the
/// folder appears once the clips have been read, and this process is its only owner to the end. Throws
///   ConfigError  the folder exists (naming --resume) or is in use by another process (naming it), an option is wrong
///   DataError    the data set cannot be used, or more than 10 % of its clips cannot be read
///   IoError      a file cannot be read or written; what was saved before stays
///   and what Device::parse, initialise_from and Trainer throw.
RunResult start_run(const Settings& settings, const std::filesystem::path& folder, const RunRequest& request,
                    RunObserver& observer);

/// Differences to the session before. Results depend on the number of threads, so it cannot change.
struct Resumption {
  int threads = 0;             ///< 0, or the number that the run was started with
  std::filesystem::path data;  ///< folder where the data set is now; empty: where it was
};

/// Continues from the last checkpoint, or starts again from config.toml when there is none. Throws as `start_run`, and before
/// anything is changed when another process owns the run; ConfigError for another number of threads, DataError when the data
/// set is not there (naming --data), or when the clips or their labels have changed. A new place of the data set is written
/// to config.toml.
RunResult resume_run(const std::filesystem::path& folder, const Resumption& changes,
                     const RunRequest& request, RunObserver& observer);

}  // namespace sonograd::train
