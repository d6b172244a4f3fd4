// Mel filter banks, their application, and decibels.
//
//   bank[k, m] = max(0, min((f - p[m]) / (p[m+1] - p[m]), (p[m+2] - f) / (p[m+2] - p[m+1]))), f = k sample_rate / n_fft,
//     with n_mels + 2 points p at equal distances in mel from f_min to f_max, all in Hz;
//     norm slaney: times 2 / (p[m+2] - p[m]), triangles of equal area
//   mel_project:  y[..., m] = sum over k of power[..., k] * bank[k, m]; bands should be zero but for a few bins
//   power_to_db:  y = 10 log10(max(x, amin)) - 10 log10(max(ref, amin)), then max(y, max(y) - top_db) over all elements
//                 dx = dy 10 / (ln(10) x) where x >= amin, else 0 (NaN where x is), of a range that is not limited
//
//   HTK mel: 2595 log10(1 + f / 700). Slaney mel: 3 f / 200 below 1000 Hz, 15 + 27 ln(f / 1000) / ln 6.4 above.
//   power [..., bins], bank [bins, bands], y [..., bands]; f32 (f64: `reference` only)
// These are the definitions of librosa and torchaudio. Errors: ConfigError for frequencies outside 0 <= f_min < f_max <=
// sample_rate / 2 or no band; ShapeError when extents do not fit.
#pragma once

#include <optional>

#include "kernels/core/variant.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {

enum class MelScale : std::uint8_t { htk, slaney };
enum class MelNorm : std::uint8_t { none, slaney };

struct MelOptions {
  double sample_rate = 16000;  ///< Hz
  std::int64_t n_fft = 512;    ///< samples
  std::int64_t n_mels = 96;
  double f_min = 0;     ///< Hz
  double f_max = 8000;  ///< Hz
  MelScale scale = MelScale::htk;
  MelNorm norm = MelNorm::none;
};

/// Conversions between Hz and mel.
double hz_to_mel(double hz, MelScale scale);
double mel_to_hz(double mel, MelScale scale);
/// The bank [n_fft/2 + 1, n_mels], computed in double. Narrow bands at low frequencies may be all zero. Throws ConfigError.
Tensor mel_filter_bank(const MelOptions& options, DType dtype = DType::f32);

struct MelProblem {
  Shape power, output;
  std::int64_t rows = 0, bins = 0, bands = 0;
  DType dtype = DType::f32;

  static MelProblem make(const Shape& power, const Shape& bank, DType dtype = DType::f32);
  /// Operations for a bank whose triangles overlap by half: two weights per bin.
  double flops() const { return 4.0 * static_cast<double>(rows * bins); }
  /// Bytes of power and y, each touched once.
  double bytes() const {
    return static_cast<double>(size_of(dtype)) * static_cast<double>(rows * (bins + bands));
  }
  std::string summary() const { return concat(power, ' ', bands, " bands ", name_of(dtype)); }
};

struct DbOptions {
  double ref = 1;                ///< power of 0 dB; > 0
  double amin = 1e-10;           ///< smallest power; > 0
  std::optional<double> top_db;  ///< range below the maximum of the array, in dB; >= 0; unset: unlimited
};

struct DbProblem {
  Shape shape;
  DbOptions options;
  DType dtype = DType::f32;
  std::string summary() const { return concat(shape, options.top_db ? " top_db " : " ", name_of(dtype)); }

  /// One logarithm per value.
  double flops() const { return static_cast<double>(shape.numel()); }
  /// Bytes of x and y, each touched once.
  double bytes() const { return 2 * static_cast<double>(size_of(dtype)) * flops(); }
};

struct MelProject {
  static constexpr std::string_view name = "mel_project";
  using Problem = MelProblem;
  struct Args {
    View power, bank;
    Out y;
  };
};
struct PowerToDb {
  static constexpr std::string_view name = "power_to_db";
  using Problem = DbProblem;
  struct Args {
    View x;
    Out y;
  };
};
struct PowerToDbBackward {
  static constexpr std::string_view name = "power_to_db_backward";
  using Problem = DbProblem;
  static double bytes(const Problem& p) { return 1.5 * p.bytes(); }
  struct Args {
    View x, dy;
    Out dx;
  };
};

/// y (= or +=) the bands of power.
void mel_project(const MelProblem& p, const View& power, const View& bank, const Out& y);
/// y (= or +=) x in dB. Throws ConfigError unless ref and amin are above 0 and top_db is at least 0.
void power_to_db(const View& x, const DbOptions& options, const Out& y);
/// dx (= or +=) the gradient of x. Throws ConfigError likewise, and for a top_db.
void power_to_db_backward(const View& x, const DbOptions& options, const View& dy, const Out& dx);

}  // namespace sonograd::kernels
