// Runs the real binary.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace sonograd::test {

struct RunResult {
  int exit_code = -1;  ///< 128 + signal when it was killed
  std::string out;
  std::string err;
};

/// `sonograd ARGUMENTS...` with the environment of the test, HOME and the XDG folders in a temporary one.
RunResult run_sonograd(const std::vector<std::string>& arguments);

/// The same, sent `signal` as soon as `due()` says so.
RunResult run_sonograd_until(const std::vector<std::string>& arguments, int signal,
                             const std::function<bool()>& due);

}  // namespace sonograd::test
