// Flops, bytes and shapes of one call, from its problem: what profiles and benchmarks divide time by.
#pragma once

#include "kernels/core/profile.h"

namespace sonograd::kernels {

/// A problem tells flops and bytes. Where a problem serves several ops that touch different amounts of
/// memory, the op tells the bytes.
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
