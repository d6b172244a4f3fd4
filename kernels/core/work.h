// Flops, bytes and shapes of one call, from its problem, for the rates of profiles and benchmarks.
#pragma once

#include "kernels/core/profile.h"

namespace sonograd::kernels {

/// Flops and bytes of a call come from its problem. Where several ops with different traffic share a problem, `Op::bytes`
/// gives the bytes.
template <class Op>
Work work_of(const typename Op::Problem& p) {
  Work work{.flops = p.flops(), .problem = p.summary()};
  if constexpr (requires { Op::bytes(p); }) {
    work.bytes = Op::bytes(p);
  } else {
    work.bytes = p.bytes();
  }
  if constexpr (requires { p.narrowest_channels(); }) work.channels = p.narrowest_channels();
  return work;
}

}  // namespace sonograd::kernels
