// Places in the source of a kernel, for reports.
#pragma once

#include <ostream>

namespace sonograd::kernels::emulator {

/// A source line. `Place place = Place::here()` as the last parameter of a function is the line of its caller.
struct Place {
  const char* file = nullptr;
  int line = 0;

  static constexpr Place here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
  friend std::ostream& operator<<(std::ostream& out, const Place& place) {
    return out << place.file << ':' << place.line;
  }
};

}  // namespace sonograd::kernels::emulator
