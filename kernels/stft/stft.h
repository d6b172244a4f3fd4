// Short-time Fourier transform of real signals.
//
//   X[n, m, k] = sum over i < n_fft of x[n, m*hop_length + i - n_fft/2] * w[i] * exp(-2 pi j k i / n_fft), no scaling
//   stft: y[n, m, k] = (re X, im X);   power_spectrogram: y[n, m, k] = re^2 + im^2
//
//   x [N, T] samples, window [win_length <= n_fft], centred in n_fft with zeros around it
//   y [N, frames, n_fft/2 + 1, 2] or [N, frames, n_fft/2 + 1]; any n_fft; f32 (f64: `reference` only)
//   center: frames = 1 + floor((T + 2*floor(n_fft/2) - n_fft) / hop_length), for even n_fft 1 + floor(T / hop_length);
//   samples outside of x are zeros or its reflection without the edge; otherwise frame m starts at m*hop_length and
//   frames = 1 + floor((T - n_fft) / hop_length)
// These are the conventions of torch.stft and librosa.stft. Errors: ShapeError when extents do not fit, for a hop_length
// below 1, or for a signal that is too short (reflection requires T > n_fft/2).
#pragma once

#include "kernels/core/variant.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {

enum class PadMode : std::uint8_t { reflect, zero };

/// Lengths in samples, >= 1 each.
struct StftOptions {
  std::int64_t n_fft = 2048;
  std::int64_t hop_length = 512;
  bool center = true;
  PadMode pad_mode = PadMode::reflect;
};

struct StftProblem {
  std::int64_t batch = 0, samples = 0, win_length = 0, frames = 0;
  StftOptions options;
  DType dtype = DType::f32;

  static StftProblem make(const Shape& x, std::int64_t win_length, const StftOptions& options,
                          DType dtype = DType::f32);
  constexpr std::int64_t bins() const { return options.n_fft / 2 + 1; }
  Shape input_shape() const { return {batch, samples}; }
  Shape power_shape() const { return {batch, frames, bins()}; }
  Shape complex_shape() const { return {batch, frames, bins(), 2}; }
  /// Index of the first sample under the window of `frame`; negative before the signal.
  constexpr std::int64_t window_start(std::int64_t frame) const {
    const std::int64_t in_frame = (options.n_fft - win_length) / 2;
    return frame * options.hop_length - (options.center ? options.n_fft / 2 : 0) + in_frame;
  }
  /// Index of the sample at position `i` of the padded signal; -1: a zero.
  constexpr std::int64_t sample_at(std::int64_t i) const {
    if (i >= 0 && i < samples) return i;
    if (options.pad_mode == PadMode::zero) return -1;
    return i < 0 ? -i : 2 * (samples - 1) - i;
  }
  /// Operations of real fast Fourier transforms of all frames.
  double flops() const;
  /// Bytes of x and the power spectrogram, each touched once.
  double bytes() const {
    return static_cast<double>(size_of(dtype)) *
           static_cast<double>(input_shape().numel() + power_shape().numel());
  }
  std::string summary() const {
    return concat(input_shape(), " n_fft ", options.n_fft, " hop ", options.hop_length, " window ",
                  win_length, options.center ? " center " : " ", name_of(dtype));
  }
};

struct Stft {
  static constexpr std::string_view name = "stft";
  using Problem = StftProblem;
  static double bytes(const Problem& p) { return 2 * p.bytes(); }
  struct Args {
    View x, window;
    Out y;
  };
};
struct PowerSpectrogram {
  static constexpr std::string_view name = "power_spectrogram";
  using Problem = StftProblem;
  struct Args {
    View x, window;
    Out y;
  };
};

/// y (= or +=) the complex spectra, real parts before imaginary parts.
void stft(const StftProblem& p, const View& x, const View& window, const Out& y);
/// y (= or +=) the power spectra.
void power_spectrogram(const StftProblem& p, const View& x, const View& window, const Out& y);

/// The window [length] with w[i] = (1 - cos(2 pi i / length)) / 2: periodic, not symmetric. Computed in double.
Tensor hann_window(std::int64_t length, DType dtype = DType::f32);

}  // namespace sonograd::kernels
