// Which libzip runs.
#pragma once

#include <string>

namespace sonograd::io {

/// `1.7.3`, of the library that was loaded.
std::string zip_version();

}  // namespace sonograd::io
