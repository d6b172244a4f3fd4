#include "kernels/stft/stft.h"

#include <cmath>
#include <numbers>

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/vendor/cufft.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<Stft> stft_reference, stft_fft;
extern const KernelVariant<PowerSpectrogram> power_spectrogram_reference, power_spectrogram_fft;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Stft> stft_direct, stft_fft;
                   extern const KernelVariant<PowerSpectrogram> power_spectrogram_direct,
                   power_spectrogram_fft;)

namespace {

// One row per line.
// clang-format off
constexpr const KernelVariant<Stft>* kStft[] = {
    &cpu::stft_reference,
    &cpu::stft_fft,
    SONOGRAD_ON_CUDA(stft_direct),
    SONOGRAD_ON_CUDA(stft_fft),
    SONOGRAD_CUFFT_ROW(stft_cufft)
};
constexpr const KernelVariant<PowerSpectrogram>* kPower[] = {
    &cpu::power_spectrogram_reference,
    &cpu::power_spectrogram_fft,
    SONOGRAD_ON_CUDA(power_spectrogram_direct),
    SONOGRAD_ON_CUDA(power_spectrogram_fft),
    SONOGRAD_CUFFT_ROW(power_spectrogram_cufft)
};
// clang-format on

}  // namespace

StftProblem StftProblem::make(const Shape& x, std::int64_t win_length, const StftOptions& options,
                              DType dtype) {
  const auto& [n_fft, hop_length, center, pad_mode] = options;
  if (x.rank() != 2) throw ShapeError(concat("[stft] x: expected 2 axes [N, T], got ", x));
  if (hop_length < 1) throw ShapeError(concat("[stft] hop_length: expected at least 1, got ", hop_length));
  if (win_length < 1 || win_length > n_fft) {
    throw ShapeError(concat("[stft] window: expected 1 to n_fft = ", n_fft, " samples, got ", win_length));
  }
  const std::int64_t shortest = !center ? n_fft : pad_mode == PadMode::reflect ? n_fft / 2 + 1 : 1;
  if (x[1] < shortest) {
    throw ShapeError(
        concat("[stft] x: expected at least ", shortest, " samples for n_fft ", n_fft, ", got ", x));
  }
  const std::int64_t padded = x[1] + (center ? n_fft / 2 * 2 : 0);
  if (padded < n_fft) {
    throw ShapeError(concat("[stft] x: expected at least ", n_fft - padded + x[1], " samples for n_fft ",
                            n_fft, ", got ", x));
  }
  const std::int64_t frames = 1 + (padded - n_fft) / hop_length;
  return {x[0], x[1], win_length, frames, options, dtype};
}

double StftProblem::flops() const {
  const auto n = static_cast<double>(options.n_fft);
  return 2.5 * n * std::log2(n) * static_cast<double>(batch * frames);
}

void stft(const StftProblem& p, const View& x, const View& window, const Out& y) {
  check_dense("stft", "x", x, p.input_shape(), p.dtype);
  check_dense("stft", "window", window, {p.win_length}, p.dtype);
  check_dense("stft", "y", y.view, p.complex_shape(), p.dtype);
  run<Stft>(kStft, p, {x, window, y});
}

void power_spectrogram(const StftProblem& p, const View& x, const View& window, const Out& y) {
  check_dense("power_spectrogram", "x", x, p.input_shape(), p.dtype);
  check_dense("power_spectrogram", "window", window, {p.win_length}, p.dtype);
  check_dense("power_spectrogram", "y", y.view, p.power_shape(), p.dtype);
  run<PowerSpectrogram>(kPower, p, {x, window, y});
}

Tensor hann_window(std::int64_t length, DType dtype) {
  const Tensor window = Tensor::empty({length}, DType::f64);
  for (std::int64_t i = 0; i < length; ++i) {
    const double turn = static_cast<double>(i) / static_cast<double>(length);
    window.data<double>()[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * turn);
  }
  return window.to(dtype);
}

TableList stft_tables() {
  return {describe<Stft>(kStft), describe<PowerSpectrogram>(kPower)};
}

}  // namespace sonograd::kernels
