// A run folder from the first look at its name to its appearance.
#pragma once

#include <optional>

#include "tensor/io/new_folders.h"
#include "tensor/io/owner_lock.h"
#include "train/data/split.h"
#include "train/run/run_folder.h"

namespace sonograd::train {

/// Reserves the name of a run for this process, under the hidden name `.NAME.sonograd-new` beside it. The folder of the run
/// appears whole, with settings and split, or not at all; without `publish` nothing is left, not even folders above it.
class NewRun {
 public:
  /// Throws ConfigError when something of that name exists (naming --resume) or another process makes that run (naming it), and
  /// IoError when no folder can be made there.
  explicit NewRun(const RunFolder& run);
  NewRun(const NewRun&) = delete;
  NewRun& operator=(const NewRun&) = delete;

  /// Makes the run appear. The process stays its owner as long as this object exists. Throws ConfigError and IoError.
  void publish(const Settings& settings, const LabelsTable& table, const Split& split);

 private:
  /// The folder under its hidden name. Takes itself and the folders above it that it made away again.
  class Hidden {
   public:
    explicit Hidden(const RunFolder& run);
    ~Hidden();
    void make(const RunFolder& run);
    const RunFolder& folder() const { return folder_; }
    void keep() { is_kept_ = true; }

   private:
    RunFolder folder_;
    io::NewFolders above_;
    std::optional<io::OwnerLock> lock_;
    bool is_kept_ = false;
  };

  RunFolder run_;
  Hidden hidden_;
};

}  // namespace sonograd::train
