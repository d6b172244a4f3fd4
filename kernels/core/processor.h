// Name of the processor, for lists of timings.
#pragma once

#include <string>

namespace sonograd::kernels {

/// Model name from /proc/cpuinfo, such as `AMD EPYC 9R14`; `unknown processor` if there is none.
std::string processor_name();

}  // namespace sonograd::kernels
