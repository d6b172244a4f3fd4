#include "train/run/resumable.h"

#include "tensor/io/read_error.h"
#include "tensor/io/safetensors.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

bool is_sound(const fs::path& model) {
  try {
    io::read_safetensors(model);
    return true;
  } catch (const FormatError&) {
    return false;
  }
}

/// The model of the best epoch: without a validation that is the last epoch, of which the checkpoint is.
const io::TensorFile* best_of(const Checkpoint& checkpoint) {
  if (checkpoint.best) return &*checkpoint.best;
  const RunState& state = checkpoint.state;
  return state.best_epoch == state.epoch && state.batch == 0 ? &checkpoint.model : nullptr;
}

}  // namespace

bool has_checkpoint(const RunFolder& run) {
  std::error_code ignored;
  if (fs::exists(run.checkpoint(), ignored)) return true;
  if (!fs::is_symlink(run.checkpoint(), ignored)) return false;
  throw io::ReadError(concat(run.checkpoint().string(),
                             ": the file that this link names does not exist; put it back, or start a ",
                             "new run with --out"));
}

bool restore_best(const RunFolder& run, const Checkpoint& checkpoint) {
  if (checkpoint.state.best_epoch == 0) return false;
  std::error_code ignored;
  const fs::file_status found = fs::status(run.best(), ignored);
  if (fs::exists(found) && !fs::is_regular_file(found)) {
    throw IoError(concat(run.best().string(), ": expected the model of the best epoch, this is not a file; ",
                         "remove it, and --resume writes the model again"));
  }
  if (fs::exists(found) && is_sound(run.best())) return false;
  const io::TensorFile* const best = best_of(checkpoint);
  if (best == nullptr) return false;  // within an epoch without a validation: its end writes the model
  io::write_safetensors(run.best(), *best);
  return true;
}

}  // namespace sonograd::train
