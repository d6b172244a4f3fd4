// Values that a number may have, in a setting or in a file.
#pragma once

#include <limits>
#include <ostream>

namespace sonograd {

/// Both ends included.
struct NumberRange {
  double min = 0, max = 0;

  /// False for NaN.
  bool contains(double value) const { return value >= min && value <= max; }

  /// "1 to 100".
  friend std::ostream& operator<<(std::ostream& out, const NumberRange& range) {
    return out << range.min << " to " << range.max;
  }
};

/// Counts that grow with the work that has been done. Doubles hold all of them.
inline constexpr NumberRange kAnyCount{0, 1e15};
/// Any finite number.
inline constexpr NumberRange kAnyNumber{std::numeric_limits<double>::lowest(),
                                        std::numeric_limits<double>::max()};

}  // namespace sonograd
