// Versions of the drawing libraries on this machine.
#pragma once

#include <string>

namespace sonograd::train {

/// `1.6.39`.
std::string png_version();
/// `2.54.7`; empty when this program was built without it, or it is not installed.
std::string rsvg_version();

}  // namespace sonograd::train
