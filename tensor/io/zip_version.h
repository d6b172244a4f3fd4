// Version of libzip.
#pragma once

#include <string>

namespace sonograd::io {

/// Version of the library that was loaded, as `1.7.3`.
std::string zip_version();

}  // namespace sonograd::io
