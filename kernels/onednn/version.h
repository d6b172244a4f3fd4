// Version of oneDNN.
#pragma once

#include <string>

namespace sonograd::kernels::onednn {

/// Version of the library that was loaded, such as `2.6.3`.
std::string version();

}  // namespace sonograd::kernels::onednn
