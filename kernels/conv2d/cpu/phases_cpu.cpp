// Gradient of the input for strides above 1. Input positions fall into stride.t * stride.f phases; all positions of a
// phase have the same taps, and neighbouring ones read neighbouring output positions, so that each phase is a dense sum
// over its taps and the output channels. Products with zeros occur only at the edges. oneDNN 2.6 reaches 60 % of the peak
// here.
#include <algorithm>
#include <array>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/cpu/phases_simd.h"
#include "kernels/copy/float32_operands.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kBlockPositions = 96;  // per phase, unless a row is longer
constexpr std::int64_t kMostTaps = 64;

constexpr std::size_t size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

std::int64_t groups(const Conv2dProblem& p) {
  return blocks_of(p.in_channels, kPhaseInputs);
}
std::int64_t taps(const Conv2dProblem& p) {
  return p.kernel.t * p.kernel.f;
}
std::int64_t group_step(const Conv2dProblem& p) {
  return taps(p) * p.out_channels * kPhaseInputs;
}

// Copies [out, taps, in] to [groups, taps, out, kPhaseInputs].
template <class T>
void pack(const Conv2dProblem& p, const T* weight, float* packed) {
  launch("conv2d_pack", groups(p) * taps(p), [&](std::int64_t i) {
    const std::int64_t c = i / taps(p) * kPhaseInputs, tap = i % taps(p);
    const std::int64_t inputs = std::min(kPhaseInputs, p.in_channels - c);
    for (std::int64_t o = 0; o < p.out_channels; ++o)
      std::transform(weight + (o * taps(p) + tap) * p.in_channels + c,
                     weight + (o * taps(p) + tap) * p.in_channels + c + inputs,
                     packed + (i * p.out_channels + o) * kPhaseInputs, [](T value) { return widen(value); });
  });
}

// One axis: input positions first, first + stride, ... below `end`, and the output positions that they read.
struct Axis {
  std::int64_t first, stride, count, padding, dilation;

  static Axis make(std::int64_t begin, std::int64_t end, std::int64_t phase, std::int64_t stride,
                   std::int64_t padding, std::int64_t dilation) {
    const std::int64_t first = begin + phase;
    return {first, stride, first < end ? blocks_of(end - first, stride) : 0, padding, dilation};
  }
  std::int64_t position(std::int64_t k) const { return first + k * stride; }
  bool has_tap(std::int64_t tap) const { return (first + padding - tap * dilation) % stride == 0; }
  // Output position that position k reads through `tap`, one of its taps; may lie outside of [0, outputs).
  std::int64_t output(std::int64_t tap, std::int64_t k) const {
    return (first + padding - tap * dilation) / stride + k;
  }
};

// T: element type of dx.
template <class T>
class PhaseSum {
 public:
  PhaseSum(const Conv2dProblem& p, const float* dy, const Out& dx, const float* packed, const float* zeros,
           std::int64_t n, const Axis& t, const Axis& f)
      : p_(p),
        dy_(dy + n * p.out_t * p.out_f * p.out_channels),
        dx_(dx.data<T>() + n * p.t * p.f * p.in_channels),
        adds_(dx.adds()),
        packed_(packed),
        zeros_(zeros),
        t_(t),
        f_(f) {
    for (std::int64_t i = 0; i < p.kernel.t; ++i) {
      for (std::int64_t j = 0; j < p.kernel.f; ++j) {
        if (t.has_tap(i) && f.has_tap(j)) taps_[size(tap_count_++)] = {i, j};
      }
    }
  }

  void run() const {
    const std::int64_t positions = t_.count * f_.count, tiles = blocks_of(positions, kPhasePositions);
    for (std::int64_t group = 0; group < groups(p_); ++group) {
      for (std::int64_t i = 0; i < tiles; ++i)
        sum_tile(group, positions * i / tiles, positions * (i + 1) / tiles);
    }
  }

 private:
  void sum_tile(std::int64_t group, std::int64_t begin, std::int64_t end) const {
    std::array<const float*, size(kMostTaps * kPhasePositions)> dy;
    std::array<const float*, size(kMostTaps)> weights;
    std::array<T*, size(kPhasePositions)> dx;
    const std::int64_t c = group * kPhaseInputs;
    for (std::int64_t position = begin; position < end; ++position) {
      const std::int64_t t = position / f_.count, f = position % f_.count, r = position - begin;
      dx[size(r)] = dx_ + (t_.position(t) * p_.f + f_.position(f)) * p_.in_channels + c;
      for (std::int64_t tap = 0; tap < tap_count_; ++tap)
        dy[size(tap * kPhasePositions + r)] = gradients(taps_[size(tap)], t, f);
    }
    for (std::int64_t tap = 0; tap < tap_count_; ++tap) {
      const Pair at = taps_[size(tap)];
      weights[size(tap)] =
          packed_ + group * group_step(p_) + (at.t * p_.kernel.f + at.f) * p_.out_channels * kPhaseInputs;
    }
    SONOGRAD_SIMD_CALL(sum_phase_tile<T>)
    ({dy.data(), weights.data(), tap_count_, p_.out_channels, dx.data(), end - begin,
      std::min(kPhaseInputs, p_.in_channels - c), adds_});
  }

  // Gradients that position (t, f) of the phase reads through the tap; zeros outside of the map.
  const float* gradients(Pair tap, std::int64_t t, std::int64_t f) const {
    const std::int64_t out_t = t_.output(tap.t, t), out_f = f_.output(tap.f, f);
    if (out_t < 0 || out_t >= p_.out_t || out_f < 0 || out_f >= p_.out_f) return zeros_;
    return dy_ + (out_t * p_.out_f + out_f) * p_.out_channels;
  }

  const Conv2dProblem& p_;
  const float* dy_;
  T* dx_;
  bool adds_;
  const float *packed_, *zeros_;
  Axis t_, f_;
  std::array<Pair, size(kMostTaps)> taps_;
  std::int64_t tap_count_ = 0;
};

template <class T>
void backward_data(const Conv2dProblem& p, const Conv2dBackwardData::Args& a, Workspace workspace) {
  float* packed = workspace.take<float>(size(groups(p) * group_step(p)));
  float* zeros = workspace.take<float>(size(p.out_channels));
  pack(p, a.weight.data<T>(), packed);
  std::fill_n(zeros, p.out_channels, 0.0f);
  const float* dy = in_float32(a.dy, workspace).data<float>();  // read once for every tap
  const std::int64_t rows =
      p.options.stride.t * std::max<std::int64_t>(1, kBlockPositions / blocks_of(p.f, p.options.stride.f));
  const std::int64_t blocks = blocks_of(p.t, rows);
  launch("conv2d_backward_data", p.batch * blocks, [&](std::int64_t i) {
    const auto& [stride, padding, dilation] = p.options;
    const std::int64_t begin = i % blocks * rows, end = std::min(p.t, begin + rows);
    for (std::int64_t phase_t = 0; phase_t < stride.t; ++phase_t) {
      for (std::int64_t phase_f = 0; phase_f < stride.f; ++phase_f) {
        PhaseSum<T>(p, dy, a.dx, packed, zeros, i / blocks,
                    Axis::make(begin, end, phase_t, stride.t, padding.t_before, dilation.t),
                    Axis::make(0, p.f, phase_f, stride.f, padding.f_before, dilation.f))
            .run();
      }
    }
  });
}

const char* why_not(const Conv2dProblem& p, const Context& context) {
  if (p.options.stride.t == 1 && p.options.stride.f == 1) return "requires a stride of at least 2";
  if (p.narrowest_channels() < 16) return "requires at least 16 channels";
  if (taps(p) > kMostTaps) return "requires a kernel of at most 64 taps";
  return float_or_bf16(p, context);
}

}  // namespace

extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_phases = {
    .name = "phases",
    .why_not = why_not,
    .workspace =
        [](const Conv2dProblem& p) {
          return Workspace::bytes<float>(size(groups(p) * group_step(p))) +
                 Workspace::bytes<float>(size(p.out_channels)) +
                 float32_copy_bytes(p.output_shape(), p.dtype);
        },
    .run =
        [](const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { backward_data<decltype(tag)>(p, a, workspace); });
        }};

}  // namespace sonograd::kernels::cpu
