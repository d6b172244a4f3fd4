// Ways in which a result is stored.
#pragma once

#include <cstdint>

namespace sonograd {
struct Out;
}

namespace sonograd::kernels {

enum class Store : std::uint8_t {
  replace,
  accumulate,
  stream,  ///< replace, around the caches: a plain store reads the line that it overwrites
};

/// `accumulate` if `out` adds. Else `stream` for results of more than 16 MiB with whole cache lines along their last axis,
/// which would have left the caches before they are read; else `replace`.
Store store_to(const Out& out);

}  // namespace sonograd::kernels
