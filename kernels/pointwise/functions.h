// Functions of the pointwise kernels: one per file of `unary/` and `binary/`.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernels/pointwise/binary_functions.h"  // generated, and so is the next one
#include "kernels/pointwise/unary_functions.h"

namespace sonograd::kernels {

#define SONOGRAD_ENUMERATOR(name, Functor) name,
/// y = f(x).
enum class Unary : std::uint8_t { SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_ENUMERATOR) };
/// y = f(a, b).
enum class Binary : std::uint8_t { SONOGRAD_BINARY_FUNCTIONS(SONOGRAD_ENUMERATOR) };
#undef SONOGRAD_ENUMERATOR

#define SONOGRAD_ELEMENT(name, Functor) Unary::name,
inline constexpr Unary kUnaryFunctions[] = {SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_ELEMENT)};
#undef SONOGRAD_ELEMENT
#define SONOGRAD_ELEMENT(name, Functor) Binary::name,
inline constexpr Binary kBinaryFunctions[] = {SONOGRAD_BINARY_FUNCTIONS(SONOGRAD_ELEMENT)};
#undef SONOGRAD_ELEMENT

#define SONOGRAD_ELEMENT(name, Functor) functions::Functor::kSaves,
/// The value from which the gradient of `f` is computed.
constexpr Saves saved_by(Unary f) {
  constexpr Saves kOfEach[] = {SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_ELEMENT)};
  return kOfEach[static_cast<std::size_t>(f)];
}
#undef SONOGRAD_ELEMENT

#define SONOGRAD_ELEMENT(name, Functor) #name,
constexpr std::string_view name_of(Unary f) {
  constexpr std::string_view kOfEach[] = {SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_ELEMENT)};
  return kOfEach[static_cast<std::size_t>(f)];
}
constexpr std::string_view name_of(Binary f) {
  constexpr std::string_view kOfEach[] = {SONOGRAD_BINARY_FUNCTIONS(SONOGRAD_ELEMENT)};
  return kOfEach[static_cast<std::size_t>(f)];
}
#undef SONOGRAD_ELEMENT

}  // namespace sonograd::kernels
