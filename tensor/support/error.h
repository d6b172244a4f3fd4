// The exception family of the library, and how messages are put together.
#pragma once

#include <sstream>
#include <string>

#include "include/sonograd/error.h"

namespace sonograd {

/// `concat("[conv2d] wants ", 3, " channels")`: one string of everything that has an `operator<<`.
template <class... Args>
std::string concat(const Args&... args) {
  std::ostringstream out;
  (out << ... << args);
  return out.str();
}

}  // namespace sonograd
