// How a result reaches memory.
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

/// `stream` for results with whole cache lines along their last axis that are too large to be found in a cache by
/// whoever reads them next.
Store store_to(const Out& out);

}  // namespace sonograd::kernels
