// One number per axis of a map.
#pragma once

#include <cstdint>
#include <ostream>

namespace sonograd::kernels {

/// Numbers for time and frequency.
struct Pair {
  std::int64_t t = 1;
  std::int64_t f = 1;
  constexpr Pair() = default;
  constexpr Pair(std::int64_t both) : t(both), f(both) {}  // NOLINT: `{.stride = 2}` reads well
  constexpr Pair(std::int64_t time, std::int64_t frequency) : t(time), f(frequency) {}

  friend std::ostream& operator<<(std::ostream& out, const Pair& pair) {
    return out << pair.t << 'x' << pair.f;
  }
};

}  // namespace sonograd::kernels
