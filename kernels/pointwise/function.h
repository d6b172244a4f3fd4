// A pointwise function is a struct in a file of its own: `unary/<name>.h` or `binary/<name>.h`. CMake finds the files, so a
// function needs no other edit: it becomes an enumerator, part of every kernel and a differentiable op of that name.
//
//   struct Name {                                       // for name.h; name_of_two_words.h: NameOfTwoWords
//     static constexpr Saves kSaves = Saves::argument;  // unary: source of the gradient
//     static constexpr bool kUsesAlpha = false;         // unary: has a parameter `alpha`
//     value<Math>(x, alpha)                             // unary: y = f(x)
//     gradient<Math>(saved, dy, alpha)                  // unary: dy f'(x)
//     value(a, b)                                       // binary: y = f(a, b)
//   };
//
// One definition serves double (`reference`), SIMD loops and device code: it is straight-line code on a type T, and
// elementary functions come from `Math`: exp, expm1 (exp(x) - 1), log, log1p (ln(1 + x)), sqrt, tanh, normal_distribution and
// normal_density, the distribution function and the density of the standard normal distribution.
#pragma once

#include <cstdint>

#if defined(__CUDACC__)
#define SONOGRAD_FUNCTION __device__ static __forceinline__
#else
#define SONOGRAD_FUNCTION __attribute__((always_inline)) static
#endif

namespace sonograd::kernels {

/// Source of the gradient of a function: the value y (`output`), the argument x, or neither.
enum class Saves : std::uint8_t { nothing, argument, output };

}  // namespace sonograd::kernels
