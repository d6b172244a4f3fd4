// The n-th roots of unity, the factors of a transform of n points.
#pragma once

#include "kernels/core/workspace.h"
#include "kernels/stft/complex.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Bytes of scratch memory that `make_roots` takes.
inline std::size_t roots_bytes(std::int64_t n) {
  return Workspace::bytes<Complex>(static_cast<std::size_t>(n));
}

/// roots[k] = exp(-2 pi j k / n) for 0 <= k < n, within an ulp.
const Complex* make_roots(std::int64_t n, Workspace& workspace);

}  // namespace sonograd::kernels::SONOGRAD_TARGET
