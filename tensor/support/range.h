// Values that a number may have, in a setting or in a file.
#pragma once

#include <limits>
#include <ostream>

namespace sonograd {

/// Both ends included.
struct NumberRange {
  double min = 0, max = 0;
  bool or_zero = false;  ///< 0 is allowed besides, with a meaning of its own

  /// False for NaN.
  bool contains(double value) const { return (value >= min && value <= max) || (or_zero && value == 0); }

  /// "1 to 100", "0.01 to 86400, or 0".
  friend std::ostream& operator<<(std::ostream& out, const NumberRange& range) {
    return out << range.min << " to " << range.max << (range.or_zero ? ", or 0" : "");
  }
};

/// Counts that grow with the work that has been done. Doubles hold all of them.
inline constexpr NumberRange kAnyCount{0, 1e15};
/// Any finite number.
inline constexpr NumberRange kAnyNumber{std::numeric_limits<double>::lowest(),
                                        std::numeric_limits<double>::max()};

}  // namespace sonograd
