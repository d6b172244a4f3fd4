// Runs the real binary.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace sonograd::test {

struct RunResult {
  int exit_code = -1;  ///< 128 + signal when it was killed
  std::string out;
  std::string err;
};

/// XDG_CACHE_HOME of the binaries that this process runs: a temporary folder, empty at first.
const std::filesystem::path& cache_home();

/// `sonograd ARGUMENTS...` with the environment of the test, HOME and the XDG folders in a temporary one.
/// `prepare` runs in the new process before the binary does: for its environment, streams and limits.
RunResult run_sonograd(const std::vector<std::string>& arguments, const std::function<void()>& prepare = {});

/// The same; sends `signal` as soon as `due()` returns true.
RunResult run_sonograd_until(const std::vector<std::string>& arguments, int signal,
                             const std::function<bool()>& due);

/// A running `sonograd ARGUMENTS...`.
class BackgroundRun {
 public:
  explicit BackgroundRun(const std::vector<std::string>& arguments,
                         const std::function<void()>& prepare = {});
  BackgroundRun(const BackgroundRun&) = delete;
  BackgroundRun& operator=(const BackgroundRun&) = delete;
  /// Kills it if it still runs.
  ~BackgroundRun();

  bool is_running();
  void send(int signal);
  /// Output on stdout so far.
  std::string output() const;
  /// Waits for its end. A run that has not ended after ten minutes is killed, and fails its own test instead of all those behind it.
  RunResult result();

 private:
  pid_t pid_;
  std::filesystem::path out_, err_;
  int status_ = 0;
  bool is_running_ = true;
};

}  // namespace sonograd::test
