// Runs the real binary.
#pragma once

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

}  // namespace sonograd::test
