// The complete state of a run in one file: resuming gives the same results as no interruption.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/core/model.h"
#include "tensor/io/named_tensors.h"
#include "train/optim/optimizer.h"
#include "train/optim/schedule.h"

namespace sonograd::train {

/// The position of a run. All random numbers are functions of the seed and these counts.
struct RunState {
  std::int64_t epoch = 0;  ///< from 0: epochs that are complete
  std::int64_t batch = 0;  ///< of this epoch: batches that are done
  std::int64_t step = 0;   ///< of the run: steps that are done
  double loss_sum = 0;     ///< over the examples of this epoch so far
  std::int64_t examples = 0;
  std::optional<double> best_loss;  ///< lowest validation loss so far
  std::int64_t best_epoch = 0;      ///< where it was reached
  Plateau plateau;
  int threads = 1;                   ///< CPU threads, on which sums depend
  std::string data_hash;             ///< hash of the training clips and targets
  std::vector<std::size_t> skipped;  ///< rows of the table that could not be read when the run began
};

struct Checkpoint {
  io::TensorFile model;  ///< as in a model file
  OptimizerState optimizer;
  RunState state;
  std::optional<io::TensorFile> best;  ///< the model file of the best epoch
};

/// Replaces `path` in one step. Equal checkpoints give equal bytes. Throws IoError.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);
/// Throws ReadError, and ModelError, naming the file and the key, when it is no checkpoint or a value is out of range.
Checkpoint load_checkpoint(const std::filesystem::path& path);
/// The model in a file that is a checkpoint, as a model file would contain it; nothing in any other file. Throws FormatError
/// for a checkpoint with faults.
std::optional<io::TensorFile> model_in_checkpoint(const io::TensorFile& file);

/// A copy of `model` as its file would contain it, in memory of its own.
io::TensorFile snapshot(const models::ModelDraft& model);

}  // namespace sonograd::train
