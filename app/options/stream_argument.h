// `-`, which stands for stdin or stdout where a command can use it.
#pragma once

#include <string>

namespace sonograd::app {

/// For options that cannot: why the command line is refused; empty: it is not.
inline std::string not_a_stream(const std::string& path) {
  return path == "-" ? "wants a name; - for standard input or output is not possible here" : "";
}

}  // namespace sonograd::app
