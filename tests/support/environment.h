// Settings of the long modes of tests.
#pragma once

#include <cstdlib>

namespace sonograd::test {

/// The number in an environment variable, or `otherwise` when it is not set.
inline long from_environment(const char* name, long otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atol(text);
}

/// True when networks at their published sizes run on the emulated device, minutes each: `scripts/test --whole-networks`.
inline bool whole_networks() {
  return from_environment("SONOGRAD_WHOLE_NETWORKS", 0) != 0;
}

/// For the message of a test that is skipped otherwise.
inline constexpr const char* kHowToRunWholeNetworks = "scripts/test --whole-networks runs it";

}  // namespace sonograd::test
