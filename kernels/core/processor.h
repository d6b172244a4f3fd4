// The processor, as a reader of timings knows it.
#pragma once

#include <string>

namespace sonograd::kernels {

/// `AMD EPYC 9R14`, as the system names it; `unknown processor` where it does not.
std::string processor_name();

}  // namespace sonograd::kernels
