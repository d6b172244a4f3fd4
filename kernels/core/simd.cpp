#include "kernels/core/simd.h"

#include <cstdlib>

namespace sonograd::kernels {

bool use_avx512() {
#if defined(__x86_64__)
  static const bool yes = [] {
    const char* choice = std::getenv("SONOGRAD_SIMD");
    if (choice != nullptr && std::string_view(choice) == "baseline") return false;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512cd");
  }();
  return yes;
#else
  return false;
#endif
}

std::string_view simd_name() {
  return use_avx512() ? "avx512" : "baseline";
}

}  // namespace sonograd::kernels
