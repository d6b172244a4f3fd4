// Settings of the long modes of tests.
#pragma once

#include <cstdlib>

namespace sonograd::test {

/// The number in an environment variable, or `otherwise` when it is not set.
inline long from_environment(const char* name, long otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atol(text);
}

}  // namespace sonograd::test
