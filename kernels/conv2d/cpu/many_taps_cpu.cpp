// Rows for maps with one channel and wide filters, such as the vertical ones of musicnn (7×67 of 96 bands): products of
// matrices over overlapping windows, read in place from the padded map. Compared with `one_channel`, tiles of positions lie
// along the longer axis of the result, weights in panels that are read in order, and the sums of a weight gradient stay in
// registers for 256 positions instead of one row. The gradient of the input multiplies all channels of dy with 32 taps at a
// time, which are vectors, and adds them to a line of dx.
#include <algorithm>

#include "kernels/conv2d/cpu/many_taps.h"
#include "kernels/conv2d/cpu/one_channel.h"
#include "kernels/copy/float32_operands.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

std::size_t elements(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

// ---- gradient of the weight. A unit of work is a panel of channels and a part of the stretches; how many there are depends
// on the problem alone. Tiles of taps lie along the longer axis of the filter.
constexpr std::int64_t kShortRow = 8;

WindowStretches gradient_stretches(const Conv2dProblem& p) {
  return p.out_f >= kShortRow || p.out_f >= p.out_t ? WindowStretches::along_frequency(p)
                                                    : WindowStretches::along_time(p);
}

std::int64_t parts_of(const Conv2dProblem& p) {
  const ManyTapsSizes sizes(p);
  constexpr std::int64_t kUnits = 16;
  const std::int64_t stretches = p.batch * gradient_stretches(p).per_example();
  return std::clamp<std::int64_t>(blocks_of(kUnits, sizes.panels), 1, stretches);
}

std::int64_t most_runs(const Conv2dProblem& p) {
  return blocks_of(WindowStretch::kMost, std::min(WindowStretch::kMost, gradient_stretches(p).length)) + 1;
}

std::size_t unit_bytes(const Conv2dProblem& p) {
  const ManyTapsSizes sizes(p);
  return Workspace::bytes<double>(elements(sizes.taps * kManyTapsPanel)) +
         Workspace::bytes<float>(elements(WindowStretch::kMost * kManyTapsPanel)) +
         Workspace::bytes<WindowRun>(elements(most_runs(p)));
}

// Taps in lines along the longer axis of the filter.
TapLines long_lines(const Conv2dProblem& p) {
  const TapLines rows = ManyTapsSizes(p).lines;
  if (p.kernel.f >= p.kernel.t) return rows;
  return {rows.taps, rows.lines, rows.tap_step, rows.line_step};
}

template <class T>
void backward_weight(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, Workspace workspace) {
  const ManyTapsSizes sizes(p);
  const float* map = pad_map(p, a.x.data<T>(), workspace);
  const T* dy = a.dy.data<T>();
  const WindowStretches stretches = gradient_stretches(p);
  const TapLines taps = long_lines(p);
  const std::int64_t parts = parts_of(p), units = parts * sizes.panels;
  const std::int64_t all = p.batch * stretches.per_example();
  std::byte* memory = workspace.take<std::byte>(unit_bytes(p) * elements(units));
  const auto sums_of = [&](std::int64_t unit) {
    return reinterpret_cast<double*>(memory + unit_bytes(p) * elements(unit));
  };
  launch("conv2d_backward_weight", units, [&](std::int64_t unit) {
    const std::int64_t panel = unit % sizes.panels, part = unit / sizes.panels;
    Workspace mine({memory + unit_bytes(p) * elements(unit), unit_bytes(p)});
    double* sums = mine.take<double>(elements(sizes.taps * kManyTapsPanel));
    float* packed = mine.take<float>(elements(WindowStretch::kMost * kManyTapsPanel));
    WindowRun* runs = mine.take<WindowRun>(elements(most_runs(p)));
    std::fill_n(sums, sizes.taps * kManyTapsPanel, 0.0);
    std::int64_t run_count = 0, positions = 0;
    const auto add_products = [&] {
      SONOGRAD_SIMD_CALL(many_taps_weight)
      (taps, runs, run_count, stretches.x_step, packed, sizes.channels_of(panel), sums);
      run_count = positions = 0;
    };
    for (std::int64_t i = all * part / parts; i < all * (part + 1) / parts; ++i) {
      const WindowStretch stretch(stretches, map, i);
      if (positions + stretch.windows.count > WindowStretch::kMost) add_products();
      SONOGRAD_SIMD_CALL(many_taps_pack<T>)
      (dy + stretch.first * p.out_channels + panel * kManyTapsPanel, stretches.y_step * p.out_channels,
       stretch.windows.count, sizes.channels_of(panel), packed + positions * kManyTapsPanel);
      runs[run_count++] = stretch.windows;
      positions += stretch.windows.count;
    }
    if (run_count > 0) add_products();
  });
  launch_rows("many_taps_sum", p.out_channels, sizes.taps, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t o = begin; o < end; ++o) {
      for (std::int64_t line = 0; line < taps.lines; ++line) {
        for (std::int64_t j = 0; j < taps.taps; ++j) {
          double total = 0;
          for (std::int64_t part = 0; part < parts; ++part) {
            total +=
                sums_of(part * sizes.panels +
                        o / kManyTapsPanel)[(line * taps.taps + j) * kManyTapsPanel + o % kManyTapsPanel];
          }
          const std::int64_t tap = p.kernel.f >= p.kernel.t ? line * p.kernel.f + j : j * p.kernel.f + line;
          store<T>(a.dw, o * sizes.taps + tap, total);
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
  const ManyTapsSizes sizes(p);
  const std::int64_t panel_size = p.out_channels * kManyTapsPanel, count = lines.lines * lines.panels();
  float* packed = workspace.take<float>(elements(count * panel_size));
  const std::int64_t along = lines.along_time ? p.kernel.f : 1, across = lines.along_time ? 1 : p.kernel.f;
  launch("many_taps_pack", count, [&](std::int64_t i) {
    const std::int64_t line = i / lines.panels(), first = i % lines.panels() * kManyTapsPanel;
    for (std::int64_t o = 0; o < p.out_channels; ++o) {
      for (std::int64_t j = 0; j < kManyTapsPanel; ++j) {
        packed[i * panel_size + o * kManyTapsPanel + j] =
            first + j < lines.taps ? weight[o * sizes.taps + line * across + (first + j) * along] : 0.0f;
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
          return padded_map_bytes(p) + unit_bytes(p) * elements(parts_of(p) * ManyTapsSizes(p).panels);
        },
    .run =
        [](const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { backward_weight<decltype(tag)>(p, a, workspace); });
        }};

}  // namespace sonograd::kernels::cpu
