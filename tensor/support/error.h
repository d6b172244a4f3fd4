// The exceptions of the library, and the construction of messages.
#pragma once

#include <sstream>
#include <string>

#include "include/sonograd/error.h"

namespace sonograd {

/// `concat("[conv2d] expected ", 3, " channels")`: one string of values that have an `operator<<`.
template <class... Args>
std::string concat(const Args&... args) {
  std::ostringstream out;
  (out << ... << args);
  return out.str();
}

}  // namespace sonograd
