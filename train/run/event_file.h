// The scores of a run for TensorBoard: RUN/events.out.tfevents.SECONDS.HOST, a record file of the protocol
// buffer `tensorflow.Event`, one record per epoch.
//
// Tags: loss/train, loss/valid, metrics/roc_auc, metrics/pr_auc, metrics/accuracy, learning_rate. Steps are
// those of the optimiser.
#pragma once

#include <filesystem>
#include <string>

#include "tensor/io/file_descriptor.h"
#include "train/run/run_observer.h"

namespace sonograd::train {

class EventFile {
 public:
  /// Continues the file in `folder`, without the events after `last_step` and without a damaged end, so
  /// that no step comes twice after a resume; makes a new one when there is none. Throws IoError.
  EventFile(const std::filesystem::path& folder, std::int64_t last_step);

  /// Adds the record of an epoch: all of it, or, throwing IoError, nothing.
  void append(const EpochReport& report);

 private:
  void write(const std::string& record);

  std::filesystem::path path_;
  io::FileDescriptor file_;
};

}  // namespace sonograd::train
