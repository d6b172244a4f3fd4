// The lines of a profile: times by phase, by op and by layer.
#pragma once

#include <string>
#include <vector>

#include "bench/peak.h"
#include "kernels/core/profile.h"

namespace sonograd::bench {

struct ProfileRow {
  std::string name;
  std::int64_t calls = 0;
  double seconds = 0;
  double share = 0;         ///< share of the seconds of all rows, 0 to 1
  double flops_second = 0;  ///< 0: no floating-point operations
  double bytes_second = 0;
};

/// Load, front end, forward, backward, optimizer. They contain the time of the ops.
std::vector<ProfileRow> rows_by_phase(const kernels::Profile& profile);
/// `conv2d_forward (onednn)`; longest first. Their times are disjoint.
std::vector<ProfileRow> rows_by_op(const kernels::Profile& profile);
/// `layer1.conv`, forward and backward together; ops outside of layers are in the row `(no layer)`.
std::vector<ProfileRow> rows_by_layer(const kernels::Profile& profile);

/// Convolutions that read and write at least this many channels keep the multiply-add units busy.
inline constexpr std::int64_t kWideChannels = 64;

struct Effort {
  double flops = 0;
  double seconds = 0;
};
/// Sums over all convolutions with at least `kWideChannels` channels, in all three directions.
Effort wide_convolutions(const kernels::Profile& profile);

}  // namespace sonograd::bench
