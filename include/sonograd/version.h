// The version of the library: headers and library belong to each other.
#pragma once

namespace sonograd {

inline constexpr int kVersionMajor = 0, kVersionMinor = 1, kVersionPatch = 0;
inline constexpr const char* kVersion = "0.1.0";

}  // namespace sonograd
