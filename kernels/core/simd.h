// One source, several instruction sets. A file `x_simd.cpp` is compiled once for the baseline (x86-64-v3) and once for
// AVX-512 (x86-64-v4), into the namespaces `baseline` and `avx512`; the choice is made at run time.
//
//   in the header of such a file:  SONOGRAD_SIMD_DECLARE(void scale(const float* x, float* y, int64_t n, float a))
//   in `x_simd.cpp`:               namespace sonograd::kernels::SONOGRAD_SIMD { void scale(...) {...} }
//   where it is called:            SONOGRAD_SIMD_CALL(scale)(x, y, n, a)
// A template is declared likewise, instantiated in `x_simd.cpp`, and called as SONOGRAD_SIMD_CALL(scale<T>)(x, y, n, a).
//
// Such a file includes nothing that defines inline functions with external linkage (no containers, no algorithms): the
// linker keeps one copy of those, and it must not be the AVX-512 one. A test looks at the object files.
#pragma once

#include <string_view>

#define SONOGRAD_SIMD_DECLARE(...) \
  namespace baseline {             \
  __VA_ARGS__;                     \
  }                                \
  namespace avx512 {               \
  __VA_ARGS__;                     \
  }

#if defined(__x86_64__)
#define SONOGRAD_SIMD_CALL(...) \
  (::sonograd::kernels::use_avx512() ? &avx512::__VA_ARGS__ : &baseline::__VA_ARGS__)
#else
#define SONOGRAD_SIMD_CALL(...) (&baseline::__VA_ARGS__)
#endif

/// For helpers and lambdas in hot loops: a loop with a call that is not inlined is not vectorised.
#define SONOGRAD_INLINE __attribute__((always_inline))

namespace sonograd::kernels {

/// True when this process runs the AVX-512 build of the hot loops: the processor has the instructions, and SONOGRAD_SIMD is
/// not `baseline` in the environment.
bool use_avx512();
/// `baseline` or `avx512`, the build that runs.
std::string_view simd_name();

}  // namespace sonograd::kernels
