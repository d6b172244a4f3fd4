#include "bench/machine.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "kernels/core/launch.h"
#include "kernels/core/simd.h"

namespace sonograd::bench {

Peak describe_machine() {
  const Peak peak = measure_peak();
  benchmark::AddCustomContext("threads", std::to_string(kernels::threads()));
  benchmark::AddCustomContext("instruction set", std::string(kernels::simd_name()));
  benchmark::AddCustomContext("peak GFLOP/s", fmt::format("{:.0f}", peak.flops * 1e-9));
  benchmark::AddCustomContext("copy GB/s", fmt::format("{:.1f}", peak.bytes * 1e-9));
  return peak;
}

}  // namespace sonograd::bench
