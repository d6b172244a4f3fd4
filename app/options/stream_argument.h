// `-`, which stands for stdin or stdout where a command can use it.
#pragma once

#include <string>

namespace sonograd::app {

/// For options without a stream: the reason for which the command line is refused; empty: none.
inline std::string not_a_stream(const std::string& path) {
  return path == "-" ? "expected a file name; - (standard input or output) is not possible here" : "";
}

}  // namespace sonograd::app
