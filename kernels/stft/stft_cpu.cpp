#include <cmath>
#include <numbers>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/stft/frame_block.h"
#include "kernels/stft/stft.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- reference: the definition; calls `visit(number, re, im)` for every bin of every frame.
template <class T, class Visit>
void for_each_bin(const StftProblem& p, const View& x, const View& window, const Visit& visit) {
  const auto n = static_cast<std::size_t>(p.options.n_fft);
  std::vector<double> cosine(n), sine(n), frame(static_cast<std::size_t>(p.win_length));
  for (std::size_t i = 0; i < n; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
    cosine[i] = std::cos(angle);
    sine[i] = std::sin(angle);
  }
  const std::int64_t offset = (p.options.n_fft - p.win_length) / 2;
  for (std::int64_t row = 0; row < p.batch * p.frames; ++row) {
    const T* signal = x.data<T>() + row / p.frames * p.samples;
    for (std::size_t i = 0; i < frame.size(); ++i) {
      const std::int64_t at = p.sample_at(p.window_start(row % p.frames) + static_cast<std::int64_t>(i));
      frame[i] = at < 0 ? 0.0 : static_cast<double>(signal[at]) * static_cast<double>(window.data<T>()[i]);
    }
    for (std::int64_t k = 0; k < p.bins(); ++k) {
      double re = 0, im = 0;
      for (std::size_t i = 0; i < frame.size(); ++i) {
        const std::size_t turn = static_cast<std::size_t>(k * (offset + static_cast<std::int64_t>(i))) % n;
        re += frame[i] * cosine[turn];
        im -= frame[i] * sine[turn];
      }
      visit(row * p.bins() + k, re, im);
    }
  }
}

// ---- fft: a block is sixteen frames; every thread has scratch memory for one block.
std::size_t fft_workspace(const StftProblem& p) {
  return static_cast<std::size_t>(threads()) * FrameBlock::scratch_bytes(p);
}

// Writes the `columns` lanes of sixteen frames that `spectrum(block, first frame)` returns as rows of y.
template <class Spectrum>
void for_each_block(const StftProblem& p, const View& window, std::int64_t columns, const Out& y,
                    Workspace workspace, const Spectrum& spectrum) {
  const std::size_t bytes = FrameBlock::scratch_bytes(p);
  std::byte* scratch = workspace.take<std::byte>(fft_workspace(p));
  const std::int64_t rows = p.batch * p.frames;
  float* to = y.data<float>();
  launch("fft", blocks_of(rows, kLanes), [&](std::int64_t block) {
    FrameBlock frames(p, window.data<float>(),
                      scratch + static_cast<std::size_t>(omp_get_thread_num()) * bytes);
    const std::int64_t first = block * kLanes;
    SONOGRAD_SIMD_CALL(lanes_to_rows)
    (spectrum(frames, first), columns, std::min(kLanes, rows - first), y.adds(), to + first * columns,
     columns);
  });
}

}  // namespace

extern const KernelVariant<Stft> stft_reference =
    reference_row<Stft>([]<class T>(T, const StftProblem& p, const Stft::Args& a) {
      for_each_bin<T>(p, a.x, a.window, [&](std::int64_t i, double re, double im) {
        store<T>(a.y, 2 * i, re);
        store<T>(a.y, 2 * i + 1, im);
      });
    });
extern const KernelVariant<PowerSpectrogram> power_spectrogram_reference =
    reference_row<PowerSpectrogram>([]<class T>(T, const StftProblem& p, const PowerSpectrogram::Args& a) {
      for_each_bin<T>(p, a.x, a.window,
                      [&](std::int64_t i, double re, double im) { store<T>(a.y, i, re * re + im * im); });
    });

extern const KernelVariant<Stft> stft_fft = {
    .name = "fft",
    .why_not = float_only,
    .workspace = fft_workspace,
    .run = [](const StftProblem& p, const Stft::Args& a, const Context&, Workspace workspace) {
      for_each_block(
          p, a.window, 2 * p.bins(), a.y, workspace,
          [x = a.x.data<float>()](FrameBlock& frames, auto first) { return frames.complex(x, first); });
    }};
extern const KernelVariant<PowerSpectrogram> power_spectrogram_fft = {
    .name = "fft",
    .why_not = float_only,
    .workspace = fft_workspace,
    .run = [](const StftProblem& p, const PowerSpectrogram::Args& a, const Context&, Workspace workspace) {
      for_each_block(
          p, a.window, p.bins(), a.y, workspace,
          [x = a.x.data<float>()](FrameBlock& frames, auto first) { return frames.power(x, first); });
    }};

}  // namespace sonograd::kernels::cpu
