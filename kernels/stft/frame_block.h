// Spectra of sixteen frames at a time, for the rows of stft and log_mel on the CPU.
#pragma once

#include <algorithm>

#include "kernels/core/workspace.h"
#include "kernels/stft/fft_plan.h"
#include "kernels/stft/stft.h"

namespace sonograd::kernels::cpu {

/// Frames of all signals: number n * frames + m is frame m of signal n. Not for use by several threads at a time.
class FrameBlock {
 public:
  static std::size_t scratch_bytes(const StftProblem& p) {
    const std::int64_t points = p.options.n_fft % 2 == 0 ? p.options.n_fft / 2 : p.options.n_fft;
    return 2 * Workspace::bytes<float>(static_cast<std::size_t>((points + 1) * 2 * kLanes));
  }

  /// `window` [win_length]; `scratch` must have scratch_bytes(p) bytes.
  FrameBlock(const StftProblem& p, const float* window, std::byte* scratch)
      : p_(p), fft_(fft_plan(p.options.n_fft).fft()), window_(window) {
    z_ = reinterpret_cast<float*>(scratch);
    other_ = reinterpret_cast<float*>(scratch + scratch_bytes(p) / 2);
  }

  /// |X|^2 of frames first to first + 15, in lanes; zeros for frames past the last. Valid until the next call.
  template <class Sample>
  float* power(const Sample* x, std::int64_t first) {
    const float* z = transform(x, first);
    float* bins = z == z_ ? other_ : z_;
    SONOGRAD_SIMD_CALL(power_bins)(fft_, z, bins);
    return bins;
  }
  /// Spectra of the same frames: real parts of bin k in lanes 2k, imaginary parts in lanes 2k + 1.
  template <class Sample>
  float* complex(const Sample* x, std::int64_t first) {
    const float* z = transform(x, first);
    float* bins = z == z_ ? other_ : z_;
    SONOGRAD_SIMD_CALL(complex_bins)(fft_, z, bins);
    return bins;
  }

 private:
  template <class Sample>
  const float* transform(const Sample* x, std::int64_t first) {
    const std::int64_t n = p_.options.n_fft;
    for (std::int64_t lane = 0; lane < kLanes; ++lane) load(x, first + lane, other_ + lane * n);
    const bool packed = fft_.points != n;
    if (!packed) std::fill_n(z_, n * 2 * kLanes, 0.0f);
    SONOGRAD_SIMD_CALL(rows_to_lanes)(other_, n, n, z_, packed ? kLanes : 2 * kLanes);
    return SONOGRAD_SIMD_CALL(transform_lanes)(fft_, z_, other_);
  }

  // Writes row [n_fft], the frame times the window.
  template <class Sample>
  void load(const Sample* x, std::int64_t frame, float* row) const {
    const std::int64_t n = p_.options.n_fft, length = p_.win_length;
    if (length < n || frame >= p_.batch * p_.frames) std::fill_n(row, n, 0.0f);
    if (frame >= p_.batch * p_.frames) return;
    const Sample* signal = x + frame / p_.frames * p_.samples;
    const std::int64_t start = p_.window_start(frame % p_.frames);
    row += (n - length) / 2;
    if (start >= 0 && start + length <= p_.samples) {
      SONOGRAD_SIMD_CALL(apply_window<Sample>)(signal + start, window_, length, row);
      return;
    }
    for (std::int64_t i = 0; i < length; ++i) {
      const std::int64_t at = p_.sample_at(start + i);
      row[i] = at < 0 ? 0.0f : static_cast<float>(signal[at]) * window_[i];
    }
  }

  const StftProblem& p_;
  const RealFft& fft_;
  const float* window_;
  float* z_;
  float* other_;
};

}  // namespace sonograd::kernels::cpu
