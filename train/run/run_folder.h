// The files of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tensor/io/named_tensors.h"
#include "train/config/settings.h"
#include "train/run/run_observer.h"

namespace sonograd::train {

class RunFolder {
 public:
  /// Reads nothing yet.
  explicit RunFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// Throws ConfigError when something of that name exists, naming --resume for a run, and IoError when no folder can be made
  /// there.
  void require_new() const;
  /// config.toml is there.
  bool is_run() const;
  /// Throws ConfigError unless `is_run`.
  void require_run() const;

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path config() const { return folder_ / "config.toml"; }
  std::filesystem::path split() const { return folder_ / "split.tsv"; }
  std::filesystem::path metrics() const { return folder_ / "metrics.jsonl"; }
  std::filesystem::path record() const { return folder_ / "run.json"; }
  std::filesystem::path best() const { return folder_ / "best.safetensors"; }
  std::filesystem::path checkpoint() const { return folder_ / "last.ckpt"; }

  /// The settings the run was started with. Throws as read_config and merge_config do.
  Settings settings() const;
  /// Replaces config.toml. Throws IoError.
  void write_settings(const Settings& settings) const;
  /// Adds the line of an epoch to metrics.jsonl.
  void append_metrics(const EpochReport& report) const;
  /// Cuts metrics.jsonl back to epochs 1 to `epochs`. Of two lines of one epoch the first stays; lines that are no epoch, as the
  /// last one of a killed process may be, go.
  void keep_metrics(std::int64_t epochs) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace sonograd::train
