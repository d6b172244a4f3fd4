// Rows for maps with one channel and wide filters, such as the vertical ones of musicnn (7×67 of 96 bands): products of
// matrices over overlapping windows, read in place from the padded map. Compared with `one_channel`, tiles of positions lie
// along the longer axis of the result, weights in panels that are read in order, and the sums of a weight gradient stay in
// registers for 256 positions instead of one row. The gradient of the input multiplies all channels of dy with 32 taps at a
// time, which are vectors, and adds them to a line of dx.
#include <algorithm>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/cpu/many_taps_simd.h"
#include "kernels/conv2d/cpu/one_channel.h"
#include "kernels/copy/float32_operands.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kFewestTaps = 32;
constexpr std::int64_t kMostPositions = 256;  // of a piece of work; sums in float32 are no longer
constexpr std::int64_t kLongRow = 24;         // positions of a row that fill tiles well

std::size_t elements(std::int64_t n) {
  return static_cast<std::size_t>(n);
}
std::int64_t tap_count(const Conv2dProblem& p) {
  return p.kernel.t * p.kernel.f;
}
std::int64_t panels_of(const Conv2dProblem& p) {
  return blocks_of(p.out_channels, kManyTapsPanel);
}
std::int64_t channels_of(const Conv2dProblem& p, std::int64_t panel) {
  return std::min(kManyTapsPanel, p.out_channels - panel * kManyTapsPanel);
}
std::int64_t map_row(const Conv2dProblem& p) {
  return p.f + p.options.padding.f_before + p.options.padding.f_after;
}
std::int64_t map_rows(const Conv2dProblem& p) {
  return p.t + p.options.padding.t_before + p.options.padding.t_after;
}

const char* why_not_many_taps(const Conv2dProblem& p, const Context& context) {
  if (tap_count(p) < kFewestTaps) return "fewer than 32 taps";
  return why_not_one_channel(p, context);
}

// ---- Stretches of outputs: pieces of lines along time or frequency.
struct Stretches {
  std::int64_t lines, length;   // lines of an example, positions of a line
  std::int64_t pieces;          // of a line
  std::int64_t x_line, x_step;  // elements of the padded map from line to line, and from position to position
  std::int64_t y_line, y_step;  // positions of the result
  std::int64_t x_batch, y_batch;  // from example to example

  static Stretches along_time(const Conv2dProblem& p) {
    const std::int64_t row = map_row(p);
    return {p.out_f,
            p.out_t,
            blocks_of(p.out_t, kMostPositions),
            p.options.stride.f,
            p.options.stride.t * row,
            1,
            p.out_f,
            map_rows(p) * row,
            p.out_t * p.out_f};
  }
  static Stretches along_frequency(const Conv2dProblem& p) {
    const std::int64_t row = map_row(p);
    return {p.out_t,
            p.out_f,
            blocks_of(p.out_f, kMostPositions),
            p.options.stride.t * row,
            p.options.stride.f,
            p.out_f,
            1,
            map_rows(p) * row,
            p.out_t * p.out_f};
  }
  std::int64_t per_example() const { return lines * pieces; }
};

// One stretch: the first window in the padded map, the first position of the result, and the number of positions.
struct Stretch {
  WindowRun windows;
  std::int64_t first;

  Stretch(const Stretches& all, const float* map, std::int64_t i) {
    const std::int64_t n = i / all.per_example(), line = i % all.per_example() / all.pieces;
    const std::int64_t begin = i % all.pieces * kMostPositions;
    windows = {map + n * all.x_batch + line * all.x_line + begin * all.x_step,
               std::min(kMostPositions, all.length - begin)};
    first = n * all.y_batch + line * all.y_line + begin * all.y_step;
  }
};

// All taps, in the order of the weight.
TapLines all_taps(const Conv2dProblem& p) {
  return {p.kernel.t, p.kernel.f, p.options.dilation.t * map_row(p), p.options.dilation.f};
}

// ---- forward
std::size_t panels_bytes(const Conv2dProblem& p) {
  return Workspace::bytes<float>(elements(panels_of(p) * tap_count(p) * kManyTapsPanel)) +
         Workspace::bytes<float>(elements(panels_of(p) * kManyTapsPanel));
}

// Copies [out, taps] to [panels, taps, kManyTapsPanel].
template <class T>
const float* pack_panels(const Conv2dProblem& p, const T* weight, Workspace& workspace) {
  const std::int64_t taps = tap_count(p);
  float* packed = workspace.take<float>(elements(panels_of(p) * taps * kManyTapsPanel));
  launch("many_taps_pack", panels_of(p), [&](std::int64_t panel) {
    float* to = packed + panel * taps * kManyTapsPanel;
    const T* from = weight + panel * kManyTapsPanel * taps;
    const std::int64_t channels = channels_of(p, panel);
    for (std::int64_t tap = 0; tap < taps; ++tap, to += kManyTapsPanel) {
      for (std::int64_t c = 0; c < kManyTapsPanel; ++c)
        to[c] = c < channels ? widen(from[c * taps + tap]) : 0.0f;
    }
  });
  return packed;
}

template <class T>
void forward(const Conv2dProblem& p, const Conv2dForward::Args& a, Workspace workspace) {
  const float* map = pad_map(p, a.x.data<T>(), workspace);
  const float* weight = pack_panels(p, a.weight.data<T>(), workspace);
  float* bias = workspace.take<float>(elements(panels_of(p) * kManyTapsPanel));
  for (std::int64_t o = 0; o < panels_of(p) * kManyTapsPanel; ++o)
    bias[o] = a.bias.defined() && o < p.out_channels ? widen(a.bias.data<T>()[o]) : 0.0f;
  const Stretches stretches =
      p.out_f >= kLongRow || p.out_f >= p.out_t ? Stretches::along_frequency(p) : Stretches::along_time(p);
  const TapLines taps = all_taps(p);
  const Store mode = store_to(a.y);
  T* y = a.y.data<T>();
  launch("conv2d_forward", p.batch * stretches.per_example(), [&](std::int64_t i) {
    const Stretch stretch(stretches, map, i);
    for (std::int64_t panel = 0; panel < panels_of(p); ++panel) {
      SONOGRAD_SIMD_CALL(many_taps_forward<T>)
      (taps, stretch.windows, stretches.x_step, weight + panel * tap_count(p) * kManyTapsPanel,
       bias + panel * kManyTapsPanel,
       {y + stretch.first * p.out_channels + panel * kManyTapsPanel, stretches.y_step * p.out_channels,
        channels_of(p, panel), mode});
    }
  });
}

// ---- gradient of the weight. A unit of work is a panel of channels and a part of the stretches; how many there are depends
// on the problem alone. Tiles of taps lie along the longer axis of the filter.
constexpr std::int64_t kShortRow = 8;

Stretches gradient_stretches(const Conv2dProblem& p) {
  return p.out_f >= kShortRow || p.out_f >= p.out_t ? Stretches::along_frequency(p)
                                                    : Stretches::along_time(p);
}

std::int64_t parts_of(const Conv2dProblem& p) {
  constexpr std::int64_t kUnits = 16;
  const std::int64_t stretches = p.batch * gradient_stretches(p).per_example();
  return std::clamp<std::int64_t>(blocks_of(kUnits, panels_of(p)), 1, stretches);
}

std::int64_t most_runs(const Conv2dProblem& p) {
  return blocks_of(kMostPositions, std::min(kMostPositions, gradient_stretches(p).length)) + 1;
}

std::size_t unit_bytes(const Conv2dProblem& p) {
  return Workspace::bytes<double>(elements(tap_count(p) * kManyTapsPanel)) +
         Workspace::bytes<float>(elements(kMostPositions * kManyTapsPanel)) +
         Workspace::bytes<WindowRun>(elements(most_runs(p)));
}

// Taps in lines along the longer axis of the filter.
TapLines long_lines(const Conv2dProblem& p) {
  const TapLines rows = all_taps(p);
  if (p.kernel.f >= p.kernel.t) return rows;
  return {rows.taps, rows.lines, rows.tap_step, rows.line_step};
}

template <class T>
void backward_weight(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, Workspace workspace) {
  const float* map = pad_map(p, a.x.data<T>(), workspace);
  const T* dy = a.dy.data<T>();
  const Stretches stretches = gradient_stretches(p);
  const TapLines taps = long_lines(p);
  const std::int64_t parts = parts_of(p), units = parts * panels_of(p);
  const std::int64_t all = p.batch * stretches.per_example();
  std::byte* memory = workspace.take<std::byte>(unit_bytes(p) * elements(units));
  const auto sums_of = [&](std::int64_t unit) {
    return reinterpret_cast<double*>(memory + unit_bytes(p) * elements(unit));
  };
  launch("conv2d_backward_weight", units, [&](std::int64_t unit) {
    const std::int64_t panel = unit % panels_of(p), part = unit / panels_of(p);
    Workspace mine({memory + unit_bytes(p) * elements(unit), unit_bytes(p)});
    double* sums = mine.take<double>(elements(tap_count(p) * kManyTapsPanel));
    float* packed = mine.take<float>(elements(kMostPositions * kManyTapsPanel));
    WindowRun* runs = mine.take<WindowRun>(elements(most_runs(p)));
    std::fill_n(sums, tap_count(p) * kManyTapsPanel, 0.0);
    std::int64_t run_count = 0, positions = 0;
    const auto add_products = [&] {
      SONOGRAD_SIMD_CALL(many_taps_weight)
      (taps, runs, run_count, stretches.x_step, packed, channels_of(p, panel), sums);
      run_count = positions = 0;
    };
    for (std::int64_t i = all * part / parts; i < all * (part + 1) / parts; ++i) {
      const Stretch stretch(stretches, map, i);
      if (positions + stretch.windows.count > kMostPositions) add_products();
      SONOGRAD_SIMD_CALL(many_taps_pack<T>)
      (dy + stretch.first * p.out_channels + panel * kManyTapsPanel, stretches.y_step * p.out_channels,
       stretch.windows.count, channels_of(p, panel), packed + positions * kManyTapsPanel);
      runs[run_count++] = stretch.windows;
      positions += stretch.windows.count;
    }
    if (run_count > 0) add_products();
  });
  launch_rows("many_taps_sum", p.out_channels, tap_count(p), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t o = begin; o < end; ++o) {
      for (std::int64_t line = 0; line < taps.lines; ++line) {
        for (std::int64_t j = 0; j < taps.taps; ++j) {
          double total = 0;
          for (std::int64_t part = 0; part < parts; ++part) {
            total +=
                sums_of(part * panels_of(p) +
                        o / kManyTapsPanel)[(line * taps.taps + j) * kManyTapsPanel + o % kManyTapsPanel];
          }
          const std::int64_t tap = p.kernel.f >= p.kernel.t ? line * p.kernel.f + j : j * p.kernel.f + line;
          store<T>(a.dw, o * tap_count(p) + tap, total);
        }
      }
    }
  });
}

// ---- gradient of the input, in lines along the longer axis of the filter
struct DataLines {
  bool along_time;
  std::int64_t taps, lines;             // of a filter: along the lines, and across
  std::int64_t length, across;          // extents of dx
  std::int64_t out_length, out_across;  // of dy
  std::int64_t stride, before;          // along the lines
  std::int64_t stride_across, before_across, dilation_across;

  static DataLines of(const Conv2dProblem& p) {
    const auto& [stride, padding, dilation] = p.options;
    if (p.kernel.t > p.kernel.f) {
      return {true,     p.kernel.t,       p.kernel.f, p.t, p.f, p.out_t, p.out_f, stride.t, padding.t_before,
              stride.f, padding.f_before, dilation.f};
    }
    return {false,    p.kernel.f,       p.kernel.t, p.f, p.t, p.out_f, p.out_t, stride.f, padding.f_before,
            stride.t, padding.t_before, dilation.t};
  }
  std::int64_t panels() const { return blocks_of(taps, kManyTapsPanel); }
  // Elements of a line of dx with its padding.
  std::int64_t padded() const { return std::max(before + length, (out_length - 1) * stride + taps); }
};

const char* why_not_many_taps_data(const Conv2dProblem& p, const Context& context) {
  if ((p.kernel.t > p.kernel.f ? p.options.dilation.t : p.options.dilation.f) != 1)
    return "requires a dilation of 1 along the filter";
  return why_not_many_taps(p, context);
}

std::int64_t line_units(const Conv2dProblem& p) {
  return std::clamp<std::int64_t>(p.batch * DataLines::of(p).across, 1, 64);
}

std::size_t data_workspace(const Conv2dProblem& p) {
  const DataLines lines = DataLines::of(p);
  return float32_copy_bytes(p.output_shape(), p.dtype) + float32_copy_bytes(p.weight_shape(), p.dtype) +
         Workspace::bytes<float>(elements(lines.lines * lines.panels() * p.out_channels * kManyTapsPanel)) +
         Workspace::bytes<float>(elements(line_units(p) * lines.padded()));
}

// Copies [out, kT, kF] to [tap across, panel, out, tap along].
const float* pack_rotated(const Conv2dProblem& p, const DataLines& lines, const float* weight,
                          Workspace& workspace) {
  const std::int64_t panel_size = p.out_channels * kManyTapsPanel, count = lines.lines * lines.panels();
  float* packed = workspace.take<float>(elements(count * panel_size));
  const std::int64_t along = lines.along_time ? p.kernel.f : 1, across = lines.along_time ? 1 : p.kernel.f;
  launch("many_taps_pack", count, [&](std::int64_t i) {
    const std::int64_t line = i / lines.panels(), first = i % lines.panels() * kManyTapsPanel;
    for (std::int64_t o = 0; o < p.out_channels; ++o) {
      for (std::int64_t j = 0; j < kManyTapsPanel; ++j) {
        packed[i * panel_size + o * kManyTapsPanel + j] =
            first + j < lines.taps ? weight[o * tap_count(p) + line * across + (first + j) * along] : 0.0f;
      }
    }
  });
  return packed;
}

template <class T>
void backward_data(const Conv2dProblem& p, const Conv2dBackwardData::Args& a, Workspace workspace) {
  const DataLines lines = DataLines::of(p);
  const View dy_view = in_float32(a.dy, workspace), weight_view = in_float32(a.weight, workspace);
  const float* dy = dy_view.data<float>();
  const float* weight = pack_rotated(p, lines, weight_view.data<float>(), workspace);
  const std::int64_t units = line_units(p), all = p.batch * lines.across;
  float* scratch = workspace.take<float>(elements(units * lines.padded()));
  T* dx = a.dx.data<T>();
  const std::int64_t dy_step = (lines.along_time ? p.out_f : 1) * p.out_channels;
  const std::int64_t dy_line = (lines.along_time ? 1 : p.out_f) * p.out_channels;
  const std::int64_t step = lines.along_time ? p.f : 1, dx_line = lines.along_time ? 1 : p.f;
  launch("conv2d_backward_data", units, [&](std::int64_t unit) {
    float* line = scratch + unit * lines.padded();
    for (std::int64_t i = all * unit / units; i < all * (unit + 1) / units; ++i) {
      const std::int64_t n = i / lines.across, at = i % lines.across;
      std::fill_n(line, lines.padded(), 0.0f);
      for (std::int64_t tap = 0; tap < lines.lines; ++tap) {
        const std::int64_t reach = at + lines.before_across - tap * lines.dilation_across;
        const std::int64_t out = reach / lines.stride_across;
        if (reach < 0 || reach % lines.stride_across != 0 || out >= lines.out_across) continue;
        SONOGRAD_SIMD_CALL(many_taps_data)
        (dy + n * p.out_t * p.out_f * p.out_channels + out * dy_line, dy_step, lines.out_length,
         p.out_channels, weight + tap * lines.panels() * p.out_channels * kManyTapsPanel, lines.taps,
         lines.stride, line);
      }
      T* to = dx + n * p.t * p.f + at * dx_line;
      for (std::int64_t k = 0; k < lines.length; ++k) {
        T& place = to[k * step];
        const float value = line[lines.before + k];
        place = static_cast<T>(a.dx.adds() ? widen(place) + value : value);
      }
    }
  });
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_many_taps = {
    .name = "many_taps",
    .why_not = why_not_many_taps,
    .workspace = [](const Conv2dProblem& p) { return padded_map_bytes(p) + panels_bytes(p); },
    .run =
        [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { forward<decltype(tag)>(p, a, workspace); });
        }};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_many_taps = {
    .name = "many_taps",
    .why_not = why_not_many_taps_data,
    .workspace = data_workspace,
    .run = [](const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { backward_data<decltype(tag)>(p, a, workspace); });
    }};
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_many_taps = {
    .name = "many_taps",
    .why_not = why_not_many_taps,
    .workspace =
        [](const Conv2dProblem& p) {
          return padded_map_bytes(p) + unit_bytes(p) * elements(parts_of(p) * panels_of(p));
        },
    .run =
        [](const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { backward_weight<decltype(tag)>(p, a, workspace); });
        }};

}  // namespace sonograd::kernels::cpu
