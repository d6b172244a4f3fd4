// Memory that this process may use.
#pragma once

#include <cstdint>

namespace sonograd {

/// Bytes: the smallest of the machine's memory, the limits of the control groups that the process belongs to, and its limits of
/// data and address space (`ulimit -d`, `ulimit -v`).
std::uint64_t memory_limit();

}  // namespace sonograd
