// Clips without labels, for training with a teacher.
#pragma once

#include <filesystem>
#include <optional>

#include "train/data/batcher.h"

namespace sonograd::train {

/// The sound files of a folder and its sub-folders, sorted by name, without targets. Their rows count from 2^31, apart from those
/// of any table. Throws DataError when there are none.
ClipList unlabelled_clips(const std::filesystem::path& folder);

/// Hash of the names of the clips, in hexadecimal digits.
std::string hash_of_names(const ClipList& clips);

/// Batches of unlabelled clips, one for each step of a run. The clips have epochs of their own, each in a new order, because
/// there may be more or fewer of them than of labelled ones. A batch is a function of the rule, the clips and its step.
class UnlabelledBatches {
 public:
  /// Starts at `step` of the run. The clips and the reader must outlive this. `batch`, `workers` >= 1.
  UnlabelledBatches(const ClipList& clips, const ClipReader& reader, const ExampleRule& rule,
                    std::size_t batch, std::int64_t step, int workers);

  /// Throws IoError when no clip can be read any more.
  Batch next();
  /// Seconds that `next` has waited so far.
  double waited() const { return waited_ + (epoch_ ? epoch_->waited() : 0); }

 private:
  const ClipList& clips_;
  const ClipReader& reader_;
  ExampleRule rule_;
  std::size_t batch_;
  std::int64_t step_, batches_per_epoch_;
  int workers_;
  std::optional<Batcher> epoch_;
  double waited_ = 0;  ///< in earlier epochs
};

}  // namespace sonograd::train
