// A new op: the definition that its variants share.
//
//   y[i] = (x[i - kReach] + ... + x[i + kReach]) / (2 kReach + 1), where x is zero outside of [0, n)
//   x, y [n], f32; y is replaced
#pragma once

#include "kernels/core/cuda_rows.h"

namespace sonograd::kernels {

inline constexpr int kReach = 4;
inline constexpr int kWindow = 2 * kReach + 1;

struct RunningMean {
  static constexpr std::string_view name = "running_mean";
  struct Problem {
    std::int64_t n;
    double flops() const { return kWindow * static_cast<double>(n); }
    double bytes() const { return 8 * static_cast<double>(n); }
    std::string summary() const { return concat(n, " f32"); }
  };
  struct Args {
    View x;
    Out y;
  };
};

SONOGRAD_CUDA_ROWS(extern const KernelVariant<RunningMean> running_mean_tiled;)

}  // namespace sonograd::kernels
