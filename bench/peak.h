// Peaks of this machine, of which the rates of kernels and models are printed as a share.
#pragma once

namespace sonograd::bench {

struct Peak {
  double flops = 0;  ///< float32 multiply-adds, each counted as two operations, per second over all threads
  double bytes = 0;  ///< read and written per second when a block much larger than the caches is copied

  /// Least seconds for this work: the roofline of Williams, Waterman and Patterson (2009).
  double floor_seconds(double work_flops, double work_bytes) const;
};

/// Measured with `kernels::threads()` threads, best of many short runs; takes one to four seconds.
Peak measure_peak();

}  // namespace sonograd::bench
