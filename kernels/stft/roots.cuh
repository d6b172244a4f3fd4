// The n-th roots of unity: every factor of a transform of n points is one of them.
#pragma once

#include "kernels/core/workspace.h"
#include "kernels/stft/complex.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// What `make_roots` wants of the workspace.
inline std::size_t roots_bytes(std::int64_t n) {
  return Workspace::bytes<Complex>(static_cast<std::size_t>(n));
}

/// roots[k] = exp(-2 pi j k / n) for 0 <= k < n, within an ulp.
const Complex* make_roots(std::int64_t n, Workspace& workspace);

}  // namespace sonograd::kernels::SONOGRAD_TARGET
