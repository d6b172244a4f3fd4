#include "kernels/conv2d/cpu/many_taps_simd.h"

#include "kernels/core/simd_stored.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

static_assert(kManyTapsPanel % (2 * kVector) == 0);

// Register tile, rows x vectors: 24 sums of 32 registers with AVX-512, 12 of 16 without.
constexpr int kTileRows = kVector == 16 ? 12 : 6;

// Calls `body.operator()<R>(first)` for tiles of R rows that cover `count` rows.
template <class Body>
SONOGRAD_INLINE inline void for_each_tile(std::int64_t count, const Body& body) {
  std::int64_t i = 0;
  for (; i + kTileRows <= count; i += kTileRows) body.template operator()<kTileRows>(i);
  if constexpr (kTileRows > 6) {
    for (; i + 6 <= count; i += 6) body.template operator()<6>(i);
  }
  for (; i + 3 <= count; i += 3) body.template operator()<3>(i);
  for (; i < count; ++i) body.template operator()<1>(i);
}

// Calls `body.operator()<V>(first)` for pairs of vectors that cover `width` columns of a panel, and a single one at the end.
template <class Body>
SONOGRAD_INLINE inline void for_each_pair(std::int64_t width, const Body& body) {
  std::int64_t c = 0;
  for (; c + kVector < width; c += 2 * kVector) body.template operator()<2>(c);
  if (c < width) body.template operator()<1>(c);
}

template <class T, class Width>
SONOGRAD_INLINE inline void write(Vector sum, bool add, T* y, Width width) {
  store(add ? load(y, width) + sum : sum, y, width);
}

template <int R, int V, class Whole, class T>
SONOGRAD_INLINE inline void forward_tile(const TapLines& taps, const float* x, std::int64_t x_step,
                                         const float* weight, const float* bias, const PanelOutput<T>& out,
                                         T* y, std::int64_t first) {
  Vector sums[R][V];
  for (int v = 0; v < V; ++v) {
    for (int r = 0; r < R; ++r) sums[r][v] = load(bias + v * kVector);
  }
  for (std::int64_t i = 0; i < taps.lines; ++i) {
    const float* value = x + i * taps.line_step;
    for (std::int64_t j = 0; j < taps.taps; ++j, value += taps.tap_step, weight += kManyTapsPanel) {
      Vector w[V];
      for (int v = 0; v < V; ++v) w[v] = load(weight + v * kVector);
      for (int r = 0; r < R; ++r) {
        for (int v = 0; v < V; ++v) sums[r][v] += w[v] * value[r * x_step];
      }
    }
  }
  const bool add = out.mode == Store::accumulate;
  for (int v = 0; v < V; ++v) {
    const std::int64_t rest = out.channels - first - v * kVector;
    for (int r = 0; r < R; ++r) {
      T* to = y + r * out.step + v * kVector;
      if (rest >= kVector) {
        write(sums[r][v], add, to, Whole{});
      } else {
        write(sums[r][v], add, to, Part{rest});
      }
    }
  }
}

template <class Whole, class T>
SONOGRAD_INLINE inline void forward_run(const TapLines& taps, const WindowRun& run, std::int64_t x_step,
                                        const float* weight, const float* bias, const PanelOutput<T>& out) {
  for_each_pair(out.channels, [&]<int V>(std::int64_t c) SONOGRAD_INLINE {
    for_each_tile(run.count, [&]<int R>(std::int64_t r) SONOGRAD_INLINE {
      forward_tile<R, V, Whole>(taps, run.x + r * x_step, x_step, weight + c, bias + c, out,
                                out.y + r * out.step + c, c);
    });
  });
}

// Adds the products of all runs to the sums of G taps, `tap_step` apart.
template <int G, int V>
SONOGRAD_INLINE inline void weight_tile(const WindowRun* runs, std::int64_t run_count, std::int64_t x_step,
                                        std::int64_t offset, std::int64_t tap_step, const float* dy,
                                        double* sums) {
  Vector products[G][V] = {};
  for (std::int64_t i = 0; i < run_count; ++i) {
    const float* x = runs[i].x + offset;
    for (std::int64_t k = 0; k < runs[i].count; ++k, x += x_step, dy += kManyTapsPanel) {
      Vector gradient[V];
      for (int v = 0; v < V; ++v) gradient[v] = load(dy + v * kVector);
      for (int g = 0; g < G; ++g) {
        for (int v = 0; v < V; ++v) products[g][v] += gradient[v] * x[g * tap_step];
      }
    }
  }
  for (int g = 0; g < G; ++g) {
    for (int v = 0; v < V; ++v) {
      double* to = sums + g * kManyTapsPanel + v * kVector;
      for (int k = 0; k < kVector; ++k) to[k] += static_cast<double>(products[g][v][k]);
    }
  }
}

// R positions of dy and a panel, of which `taps` columns are taps.
template <int R>
SONOGRAD_INLINE inline void data_tile(const float* dy, std::int64_t dy_step, std::int64_t channels,
                                      const float* weight, std::int64_t taps, std::int64_t stride,
                                      float* line) {
  constexpr int kVectors = 2;
  for (int pair = 0; pair < kManyTapsPanel && pair < taps; pair += kVectors * kVector) {
    Vector sums[R][kVectors] = {};
    const float* w = weight + pair;
    for (std::int64_t c = 0; c < channels; ++c, w += kManyTapsPanel) {
      Vector factor[kVectors];
      for (int v = 0; v < kVectors; ++v) factor[v] = load(w + v * kVector);
      for (int r = 0; r < R; ++r) {
        for (int v = 0; v < kVectors; ++v) sums[r][v] += factor[v] * dy[r * dy_step + c];
      }
    }
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t rest = taps - pair - v * kVector;
      for (int r = 0; r < R; ++r) {
        float* to = line + r * stride + pair + v * kVector;
        if (rest >= kVector) {
          write(sums[r][v], true, to, Full{});
        } else if (rest > 0) {
          write(sums[r][v], true, to, Part{rest});
        }
      }
    }
  }
}

}  // namespace

template <class T>
void many_taps_forward(const TapLines& taps, const WindowRun& run, std::int64_t x_step, const float* weight,
                       const float* bias, const PanelOutput<T>& out) {
  if (out.mode == Store::stream) {
    forward_run<Streamed>(taps, run, x_step, weight, bias, out);
    end_stream();
  } else {
    forward_run<Full>(taps, run, x_step, weight, bias, out);
  }
}

template <class T>
void many_taps_pack(const T* from, std::int64_t step, std::int64_t count, std::int64_t channels, float* to) {
  for (std::int64_t i = 0; i < count; ++i, from += step, to += kManyTapsPanel) {
    for (int c = 0; c < kManyTapsPanel; c += kVector) store(Vector{}, to + c);
    for_each_vector(channels, [&](std::int64_t c, auto width) { store(load(from + c, width), to + c); });
  }
}

void many_taps_weight(const TapLines& taps, const WindowRun* runs, std::int64_t run_count,
                      std::int64_t x_step, const float* dy, std::int64_t channels, double* sums) {
  for (std::int64_t i = 0; i < taps.lines; ++i) {
    for_each_tile(taps.taps, [&]<int G>(std::int64_t j) SONOGRAD_INLINE {
      for_each_pair(channels, [&]<int V>(std::int64_t c) SONOGRAD_INLINE {
        weight_tile<G, V>(runs, run_count, x_step, i * taps.line_step + j * taps.tap_step, taps.tap_step,
                          dy + c, sums + (i * taps.taps + j) * kManyTapsPanel + c);
      });
    });
  }
}

void many_taps_data(const float* dy, std::int64_t dy_step, std::int64_t count, std::int64_t channels,
                    const float* weight, std::int64_t taps, std::int64_t stride, float* line) {
  for (std::int64_t j = 0; j < taps; j += kManyTapsPanel, weight += channels * kManyTapsPanel) {
    for_each_tile(count, [&]<int R>(std::int64_t a) SONOGRAD_INLINE {
      data_tile<R>(dy + a * dy_step, dy_step, channels, weight, taps - j, stride, line + a * stride + j);
    });
  }
}

#define SONOGRAD_MANY_TAPS(T)                                                                    \
  template void many_taps_forward(const TapLines&, const WindowRun&, std::int64_t, const float*, \
                                  const float*, const PanelOutput<T>&);                          \
  template void many_taps_pack(const T*, std::int64_t, std::int64_t, std::int64_t, float*);
SONOGRAD_MANY_TAPS(float)
SONOGRAD_MANY_TAPS(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
