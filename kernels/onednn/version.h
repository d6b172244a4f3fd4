// Which oneDNN runs.
#pragma once

#include <string>

namespace sonograd::kernels::onednn {

/// `2.6.3`, of the library that was loaded.
std::string version();

}  // namespace sonograd::kernels::onednn
