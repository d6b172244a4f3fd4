// Bank of triangular filters around the harmonics of semitone-spaced notes, whose width is trained (Won, Chun, Nieto, Serra,
// "Data-driven harmonic filters for audio representation learning", ICASSP 2020; their code, where one Q is the only parameter).
//
//   f[i] = i * bin_width                           frequency of a bin in Hz
//   d[f, h] = (0.1079 c[f, h] + 24.7) / abs(Q)     width of a filter in Hz, from its centre c: critical bands at Q = 1
//   w[i, f, h] = max(0, 1 - 2 abs(f[i] - c[f, h]) / d[f, h])
//   y[..., f, h] = sum over i of x[..., i] w[i, f, h]
//   dx[..., i] = sum over f, h of dy[..., f, h] w[i, f, h]
//   dQ = sum over all elements of dy[..., f, h] x[..., i] w'[i, f, h],   w' = -2 abs(f[i] - c) sign(Q) / (0.1079 c + 24.7)
//
//   All sums are over the bins that a filter covers: w > 0. A bin outside of it does not matter, whatever its value: a NaN or an
//   infinity reaches only the filters that cover its bin (a product with the dense bank would spread it over the whole row). A
//   filter narrower than the distance of bins may cover none: y is 0 there. A Q of 0 gives filters of height 1 everywhere (its
//   sign is +1), a NaN as Q makes all results NaN.
//
//   x [..., bins] with 1 to 2^24 bins, centres [filters, harmonics] in Hz, q [1], y [..., filters, harmonics]; f32 (f64: `reference` only)
// `harmonic_centres` gives the centres. Errors: ShapeError when extents do not fit; ConfigError for a bin width or notes out of
// range. Cost: two operations per covered bin, about five bins a filter at the published sizes and Q = 1.
#pragma once

#include "kernels/core/variant.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {

struct HarmonicFiltersProblem {
  Shape spectrum, output;
  std::int64_t rows = 0, bins = 0, filters = 0, harmonics = 0;
  double bin_width = 0;  ///< Hz
  DType dtype = DType::f32;

  static HarmonicFiltersProblem make(const Shape& spectrum, const Shape& centres, double bin_width,
                                     DType dtype = DType::f32);
  constexpr std::int64_t bands() const { return filters * harmonics; }
  /// Operations for filters of five bins.
  double flops() const { return 10.0 * static_cast<double>(rows * bands()); }
  /// Bytes of x and y, each touched once.
  double bytes() const {
    return static_cast<double>(size_of(dtype)) * static_cast<double>(rows * (bins + bands()));
  }
  std::string summary() const {
    return concat(spectrum, ' ', filters, " filters ", harmonics, " harmonics ", name_of(dtype));
  }
};

struct HarmonicFiltersForward {
  static constexpr std::string_view name = "harmonic_filters_forward";
  using Problem = HarmonicFiltersProblem;
  struct Args {
    View x, centres, q;
    Out y;
  };
};
struct HarmonicFiltersBackwardData {
  static constexpr std::string_view name = "harmonic_filters_backward_data";
  using Problem = HarmonicFiltersProblem;
  struct Args {
    View centres, q, dy;
    Out dx;
  };
};
struct HarmonicFiltersBackwardQ {
  static constexpr std::string_view name = "harmonic_filters_backward_q";
  using Problem = HarmonicFiltersProblem;
  struct Args {
    View x, centres, q, dy;
    Out dq;
  };
};

/// y (= or +=) the filtered spectra.
void harmonic_filters_forward(const HarmonicFiltersProblem& p, const View& x, const View& centres,
                              const View& q, const Out& y);
/// dx [..., bins] (= or +=) the gradient of x.
void harmonic_filters_backward_data(const HarmonicFiltersProblem& p, const View& centres, const View& q,
                                    const View& dy, const Out& dx);
/// dq [1] (= or +=) the gradient of Q, for a q that is not 0.
void harmonic_filters_backward_q(const HarmonicFiltersProblem& p, const View& x, const View& centres,
                                 const View& q, const View& dy, const Out& dq);

/// Notes of the lowest harmonic.
struct HarmonicNotes {
  double lowest = 24;             ///< MIDI number of the first note (24: C1, 32.7 Hz), 0 to 127
  std::int64_t per_semitone = 2;  ///< filters a semitone, >= 1
  std::int64_t harmonics = 6;     ///< >= 1
};

/// The centres [filters, harmonics]: (h + 1) 440 2^((lowest + f / per_semitone - 69) / 12) Hz. The notes end before the one that
/// is nearest to sample_rate / (2 harmonics), so that the highest harmonics lie below half of the sample rate. Computed in
/// double. Throws ConfigError when no note is left.
Tensor harmonic_centres(const HarmonicNotes& notes, double sample_rate, DType dtype = DType::f32);

}  // namespace sonograd::kernels
