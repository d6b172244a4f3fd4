// One triangular filter: its weights, their derivatives by Q, and the bins that it covers; formulas in harmonic_filters.h. On every
// device.
#pragma once

namespace sonograd::kernels {

/// Bins [begin, end).
struct BinSpan {
  int begin, end;
};

template <class T>
class Triangle {
 public:
  /// `centre` and `bin_width` in Hz.
  constexpr Triangle(T centre, T q, T bin_width)
      : centre_(centre),
        bin_width_(bin_width),
        slope_(T(2) * (q < 0 ? -q : q) / (T(0.1079) * centre + T(24.7))),
        slope_by_q_((q < 0    ? T(-2)
                     : q >= 0 ? T(2)
                              : q) /
                    (T(0.1079) * centre + T(24.7))) {}

  /// Negative or 0 outside of the filter; NaN everywhere if Q is NaN.
  constexpr T weight(int bin) const { return T(1) - distance(bin) * slope_; }
  constexpr T weight_by_q(int bin) const { return -distance(bin) * slope_by_q_; }
  constexpr bool covers(int bin) const { return !(weight(bin) <= 0); }
  /// Hz between the two ends of the filter; infinite if Q is 0.
  constexpr T width() const { return T(2) / slope_; }

  /// The bins that it covers, of `bins` >= 1. Weights never rise with the distance, so that they are neighbours, the nearest bin
  /// among them; there may be none.
  constexpr BinSpan span(int bins) const {
    const T position = centre_ / bin_width_ + T(0.5);
    int nearest = bins - 1;
    if (position < static_cast<T>(bins)) nearest = position < 0 ? 0 : static_cast<int>(position);
    BinSpan span = {nearest, nearest};
    while (span.end < bins && covers(span.end)) ++span.end;
    while (span.begin > 0 && covers(span.begin - 1)) --span.begin;
    return span;
  }

 private:
  constexpr T distance(int bin) const {
    const T difference = static_cast<T>(bin) * bin_width_ - centre_;
    return difference < 0 ? -difference : difference;
  }

  T centre_, bin_width_, slope_, slope_by_q_;
};

}  // namespace sonograd::kernels
