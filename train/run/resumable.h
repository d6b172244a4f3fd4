// Files that a run must have to be continued.
#pragma once

#include "train/run/checkpoint.h"
#include "train/run/run_folder.h"

namespace sonograd::train {

/// False for a run without a checkpoint, as one that was interrupted before the end of its first epoch: it starts again. Throws
/// ReadError where last.ckpt is a link to a file that is not there.
bool has_checkpoint(const RunFolder& run);

/// Writes best.safetensors again, from the copy in the checkpoint, when it is absent or no readable file of tensors; true when
/// it did. Throws IoError when something else has its name. A run without a validation has no copy within an epoch: the end of
/// that epoch writes the file.
bool restore_best(const RunFolder& run, const Checkpoint& checkpoint);

}  // namespace sonograd::train
