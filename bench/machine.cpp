#include "bench/machine.h"

#include <fmt/format.h>

#include "kernels/core/context.h"
#include "kernels/core/launch.h"
#include "kernels/core/processor.h"
#include "kernels/core/simd.h"
#include "kernels/onednn/version.h"

namespace sonograd::bench {

std::vector<std::pair<std::string, std::string>> describe_machine(const Peak& peak) {
  return {{"cpu", kernels::processor_name()},
          {"instruction_set", std::string(kernels::simd_name())},
          {"threads", std::to_string(kernels::threads())},
          {"precision", std::string(kernels::name_of(kernels::precision()))},
          {"peak_gflops", fmt::format("{:.1f}", peak.flops * 1e-9)},
          {"copy_gbytes", fmt::format("{:.1f}", peak.bytes * 1e-9)},
          {"compiler", "g++ " __VERSION__},
          {"onednn", kernels::onednn::version()},
          {"commit", commit()}};
}

}  // namespace sonograd::bench
