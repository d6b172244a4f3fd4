// run.json: the sessions of a run, with time and host. No other file of a run contains a time, a host or a path.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "train/data/dataset.h"

namespace sonograd::train {

/// Command line and version of the program.
struct RunRequest {
  std::string command;  ///< the exact command line
  std::string version;  ///< of sonograd
};

/// One entry of `sessions` for each time the run was started or resumed.
class RunRecord {
 public:
  /// Continues the record in `file`, if there is one.
  RunRecord(std::filesystem::path file, const RunRequest& request);
  ~RunRecord();

  /// Device, threads and precision of the session.
  void set_environment(const std::string& device, int threads, const std::string& precision);
  void set_data(const Inspection& inspection);
  void set_unreadable(const std::vector<ClipProblem>& clips);
  void set_error(std::string_view message);
  /// The end of the session.
  void finish(std::string_view outcome, double seconds, double wait_share, std::int64_t steps);
  /// Writes the file. Throws IoError.
  void write() const;

 private:
  nlohmann::ordered_json& session();

  std::filesystem::path file_;
  std::unique_ptr<nlohmann::ordered_json> record_;
};

/// An entry of `sessions`, for reading. Fields that a session did not reach are empty.
struct RunSession {
  std::string command, version, host, started, ended, outcome, device, precision;
  std::int64_t threads = 0;
  std::optional<double> seconds, wait_share;  ///< of training and validation
  std::size_t unreadable = 0;                 ///< clips that were skipped
};

/// Sessions in run.json, the oldest first; none when there is no such file or it is damaged. Throws FormatError, naming
/// file and key, for a number out of range.
std::vector<RunSession> read_sessions(const std::filesystem::path& file);

}  // namespace sonograd::train
