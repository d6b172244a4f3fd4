// The training loop: epochs of steps, validation, selection of the best, checkpoints.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "train/data/unlabelled.h"
#include "train/eval/evaluator.h"
#include "train/optim/objective.h"
#include "train/optim/rates.h"
#include "train/optim/step.h"
#include "train/optim/teacher.h"
#include "train/run/checkpoint.h"
#include "train/run/event_file.h"
#include "train/run/run_folder.h"

namespace sonograd::train {

/// The data of a run.
struct TrainingData {
  LabelSet labels;
  ClipList train, valid;  ///< without those skipped; if `valid` is empty, the last epoch is kept
  ClipReader reader;
  std::string hash;                       ///< of clips, targets and split
  std::vector<std::size_t> skipped;       ///< rows of the clips that could not be read when the run began
  ClipList unlabelled = {};               ///< clips of the teacher
  std::unique_ptr<Teacher> teacher = {};  ///< null: none
  std::unique_ptr<TripletSampler> triplets = {};  ///< metric learning; null: examples are clips
};

class Trainer {
 public:
  /// The arguments must outlive the trainer. `model` has its initial weights.
  Trainer(const Settings& settings, const TrainingData& data, models::ModelDraft& model, Device device,
          const RunFolder& folder, RunObserver& observer);

  /// Continues from a checkpoint. Throws FormatError or ModelError when it does not fit the run.
  void restore(const Checkpoint& checkpoint);

  /// Trains to the end of the run. False when the observer stopped it; a checkpoint is saved then. A clip that can
  /// no longer be read does not stop it. Throws Error when the loss is no longer a finite number, and IoError when
  /// no clip at all can be read.
  bool run();

  const RunState& state() const { return state_; }
  /// Clips of the data that could not be read in this session, by row.
  const std::map<std::size_t, ClipProblem>& lost() const { return lost_; }
  /// Seconds of training and validation by this object, and seconds of them spent waiting for data.
  double seconds() const { return seconds_; }
  double waited() const { return waited_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool is_finished() const;
  /// Throws ModelError for a checkpoint of another network, or with counts that no state of this run has.
  void require_same_run(const Checkpoint& checkpoint) const;
  ExampleRule example_rule() const;
  /// Labelled examples, and those of the teacher if there is one.
  Batch next_batch(Batcher& labelled, UnlabelledBatches* unlabelled);
  void begin_phase();
  bool train_epoch();
  bool end_epoch();
  std::optional<Evaluation> validate();
  std::optional<Evaluation> evaluate_valid();
  bool select_best(const std::optional<Evaluation>& validation);
  void report_step(std::int64_t batches);
  void note_lost(std::span<const ClipProblem> clips, std::string_view consequence);
  void save() const;

  const Settings& settings_;
  const TrainingData& data_;
  models::ModelDraft& model_;
  Device device_;
  const RunFolder& folder_;
  RunObserver& observer_;
  Objective objective_;
  Optimizer optimizer_;
  Rates rates_;
  TrainStep step_;
  RunState state_;
  std::optional<io::TensorFile> best_;
  std::optional<EventFile> events_;
  Clock::time_point run_begin_, epoch_begin_;
  std::int64_t first_step_ = 0;      ///< of this object
  std::int64_t first_examples_ = 0;  ///< of the epoch, done before this object
  double epoch_waited_ = 0, seconds_ = 0, waited_ = 0;
  std::map<std::size_t, ClipProblem> lost_;
};

}  // namespace sonograd::train
