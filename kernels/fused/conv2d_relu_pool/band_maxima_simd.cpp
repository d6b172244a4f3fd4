#include "kernels/fused/conv2d_relu_pool/band_maxima_simd.h"

#include "kernels/core/simd_stored.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

// Register tile, frames x vectors: 24 sums of 32 registers with AVX-512, 12 of 16 without.
constexpr int kTileFrames = kVector == 16 ? 12 : 6;

// The sums of R frames in one band. Frames are addressed by threes, each from a pointer of its own: so many steps are part of an
// address.
template <int R, int V>
SONOGRAD_INLINE inline void sum_band(const TapLines& taps, const float* x, std::int64_t frame_step,
                                     const float* weight, const float* bias, Vector (*sums)[V]) {
  constexpr int kPerPointer = R < 3 ? 1 : 3, kPointers = R / kPerPointer;
  for (int v = 0; v < V; ++v) {
    for (int r = 0; r < R; ++r) sums[r][v] = load(bias + v * kVector);
  }
  for (std::int64_t i = 0; i < taps.lines; ++i) {
    const float* frames[kPointers];
    for (int g = 0; g < kPointers; ++g) frames[g] = x + i * taps.line_step + kPerPointer * g * frame_step;
    for (std::int64_t j = 0; j < taps.taps; ++j, weight += kManyTapsPanel) {
      Vector w[V];
      for (int v = 0; v < V; ++v) w[v] = load(weight + v * kVector);
      for (int g = 0; g < kPointers; ++g) {
        for (int r = 0; r < kPerPointer; ++r) {
          const float value = frames[g][r * frame_step];
          for (int v = 0; v < V; ++v) sums[kPerPointer * g + r][v] += w[v] * value;
        }
        frames[g] += taps.tap_step;
      }
    }
  }
}

// Frames [skip, R) of a tile are written.
template <int R, int V, class T>
SONOGRAD_INLINE inline void maxima_tile(const TapLines& taps, const FrameRun& run, std::int64_t first,
                                        std::int64_t skip, const float* weight, const float* bias,
                                        float floor, const PanelOutput<T>& out, std::int64_t channel) {
  Vector maxima[R][V];
  for (int r = 0; r < R; ++r) {
    for (int v = 0; v < V; ++v) maxima[r][v] = Vector{} + floor;
  }
  const float* x = run.x + first * run.frame_step;
  for (std::int64_t band = 0; band < run.bands; ++band, x += run.band_step) {
    Vector sums[R][V];
    sum_band<R, V>(taps, x, run.frame_step, weight, bias, sums);
    for (int r = 0; r < R; ++r) {
      for (int v = 0; v < V; ++v) {
        const Vector best = maxima[r][v], sum = sums[r][v];
        maxima[r][v] = (sum <= best) | (best != best) ? best : sum;
      }
    }
  }
  const bool add = out.mode == Store::accumulate;
  for (std::int64_t r = skip; r < R; ++r) {
    for (int v = 0; v < V; ++v) {
      T* to = out.y + (first + r) * out.step + channel + v * kVector;
      const std::int64_t rest = out.channels - channel - v * kVector;
      for_each_vector(rest < kVector ? rest : kVector, [&](std::int64_t, auto width) {
        store(add ? load(to, width) + maxima[r][v] : maxima[r][v], to, width);
      });
    }
  }
}

// Tiles of R frames, the last of which begins where a whole one ends with the last frame.
template <int R, int V, class T>
SONOGRAD_INLINE inline void maxima_of_frames(const TapLines& taps, const FrameRun& run, const float* weight,
                                             const float* bias, float floor, const PanelOutput<T>& out,
                                             std::int64_t channel) {
  for (std::int64_t first = 0; first < run.frames; first += R) {
    const std::int64_t begin = first + R > run.frames ? run.frames - R : first;
    maxima_tile<R, V>(taps, run, begin, first - begin, weight + channel, bias + channel, floor, out, channel);
  }
}

template <int V, class T>
SONOGRAD_INLINE inline void maxima_of_channels(const TapLines& taps, const FrameRun& run, const float* weight,
                                               const float* bias, float floor, const PanelOutput<T>& out,
                                               std::int64_t channel) {
  if (run.frames >= kTileFrames) {
    maxima_of_frames<kTileFrames, V>(taps, run, weight, bias, floor, out, channel);
  } else if (run.frames >= 3) {
    maxima_of_frames<3, V>(taps, run, weight, bias, floor, out, channel);
  } else {
    maxima_of_frames<1, V>(taps, run, weight, bias, floor, out, channel);
  }
}

}  // namespace

template <class T>
void band_maxima(const TapLines& taps, const FrameRun& run, const float* weight, const float* bias,
                 float floor, const PanelOutput<T>& out) {
  std::int64_t channel = 0;
  for (; channel + kVector < out.channels; channel += 2 * kVector)
    maxima_of_channels<2>(taps, run, weight, bias, floor, out, channel);
  if (channel < out.channels) maxima_of_channels<1>(taps, run, weight, bias, floor, out, channel);
}

template void band_maxima(const TapLines&, const FrameRun&, const float*, const float*, float,
                          const PanelOutput<float>&);
template void band_maxima(const TapLines&, const FrameRun&, const float*, const float*, float,
                          const PanelOutput<bf16>&);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
