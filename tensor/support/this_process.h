// Time and place of this process, for records and messages.
#pragma once

#include <string>

namespace sonograd {

/// 2026-01-31T23:59:59Z
std::string utc_now();

/// Name of this machine; empty when the system has none.
std::string host_name();

}  // namespace sonograd
