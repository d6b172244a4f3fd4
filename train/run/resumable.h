// Files that a run must have to be continued.
#pragma once

#include "train/run/checkpoint.h"
#include "train/run/run_folder.h"

namespace sonograd::train {

/// False for a run that was interrupted before its first checkpoint, which the end of its first epoch writes, and can start again.
/// Throws ReadError, naming last.ckpt, when it is absent though the run has more results, which would be lost.
bool has_checkpoint(const RunFolder& run);

/// Writes best.safetensors again, from the copy in the checkpoint, when it is absent or no readable file of tensors; true when it
/// did. Throws IoError when something else has its name. A run without a
/// validation has no copy within an epoch: the end of that epoch writes the file.
bool restore_best(const RunFolder& run, const Checkpoint& checkpoint);

}  // namespace sonograd::train
