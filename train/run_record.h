// run.json: what happened, when and where. Nothing else that a run writes holds a clock, a host or a path.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "train/dataset.h"

namespace sonograd::train {

/// What the program knows about itself.
struct RunRequest {
  std::string command;  ///< the exact command line
  std::string version;  ///< of sonograd
};

/// One entry of `sessions` for each time the run was started or resumed.
class RunRecord {
 public:
  /// Continues the record in `file`, if there is one.
  RunRecord(std::filesystem::path file, const RunRequest& request);

  /// What the session runs on and with.
  void set_environment(const std::string& device, int threads, const std::string& precision);
  void set_data(const Inspection& inspection);
  /// How the session ended.
  void finish(std::string_view outcome, double seconds, double wait_share, std::int64_t steps);
  /// Writes the file. Throws IoError.
  void write() const;

 private:
  nlohmann::ordered_json& session();

  std::filesystem::path file_;
  nlohmann::ordered_json record_;
};

}  // namespace sonograd::train
