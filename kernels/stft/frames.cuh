// Windowed frames of signals, computed while they are read.
#pragma once

#include "kernels/simt/simt.h"
#include "kernels/stft/stft.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Frames of all signals: number n * frames + m is frame m of signal n.
template <class Sample>
struct Frames {
  const Sample* x;      // [N, T]
  const float* window;  // [win_length]
  StftProblem p;
  float unit = 1;  // value of a sample of 1

  struct Frame {
    const Frames& all;
    const Sample* signal;
    std::int64_t in_frame, start;  // beginning of the window, in the frame and in the signal

    /// Sample i of n_fft times the window.
    __device__ float operator[](std::int64_t i) const {
      const std::int64_t in_window = i - in_frame;
      if (in_window < 0 || in_window >= all.p.win_length) return 0;
      const std::int64_t at = all.p.sample_at(start + in_window);
      return at < 0 ? 0 : static_cast<float>(signal[at]) * (all.unit * all.window[in_window]);
    }
  };

  __device__ Frame frame(std::int64_t number) const {
    return {*this, x + number / p.frames * p.samples, (p.options.n_fft - p.win_length) / 2,
            p.window_start(number % p.frames)};
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
