// Rows for maps with one channel, in all three directions. oneDNN runs these at a tenth of its usual rate, the gradient of
// the input at a thirtieth: a single channel gives its loops nothing to vectorise over.
#include <algorithm>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/cpu/one_channel.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

std::size_t size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

std::int64_t padded_t(const Conv2dProblem& p) {
  return p.t + p.options.padding.t_before + p.options.padding.t_after;
}
std::int64_t padded_f(const Conv2dProblem& p) {
  return p.f + p.options.padding.f_before + p.options.padding.f_after;
}
std::int64_t taps(const Conv2dProblem& p) {
  return p.kernel.t * p.kernel.f;
}
std::int64_t padded_channels(const Conv2dProblem& p) {
  return blocks_of(p.out_channels, kOneChannelPad) * kOneChannelPad;
}

OneChannelRow row_of(const Conv2dProblem& p) {
  return {.kernel_t = p.kernel.t,
          .kernel_f = p.kernel.f,
          .stride_f = p.options.stride.f,
          .dilation_f = p.options.dilation.f,
          .tap_step_t = p.options.dilation.t * padded_f(p),
          .f = p.f,
          .out_f = p.out_f,
          .f_before = p.options.padding.f_before,
          .channels = p.out_channels,
          .channels_padded = padded_channels(p)};
}

// ---- shared by the rows: the weight with its output channels side by side

/// The first of the padded rows that output row (n, t) reads.
const float* rows_under(const Conv2dProblem& p, const float* map, std::int64_t out_row) {
  const std::int64_t n = out_row / p.out_t, t = out_row % p.out_t;
  return map + (n * padded_t(p) + t * p.options.stride.t) * padded_f(p);
}

std::size_t packed_weight_bytes(const Conv2dProblem& p) {
  return Workspace::bytes<float>(size(taps(p) * padded_channels(p)));
}

template <class T>
const float* pack_weight(const Conv2dProblem& p, const T* weight, Workspace& workspace) {
  const std::int64_t channels = padded_channels(p);
  float* packed = workspace.take<float>(size(taps(p) * channels));
  for (std::int64_t tap = 0; tap < taps(p); ++tap) {
    for (std::int64_t o = 0; o < channels; ++o)
      packed[tap * channels + o] = o < p.out_channels ? widen(weight[o * taps(p) + tap]) : 0.0f;
  }
  return packed;
}

// ---- forward
template <class T>
void forward(const Conv2dProblem& p, const Conv2dForward::Args& a, Workspace workspace) {
  const OneChannelForward convolution(p, a.x, a.weight, a.bias, workspace);
  const std::int64_t y_row = p.out_f * p.out_channels;
  const Store mode = store_to(a.y);
  T* y = a.y.data<T>();
  launch_rows("conv2d_forward", p.batch * p.out_t, y_row, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) convolution.run(row, mode, y + row * y_row);
  });
}

// ---- gradient of the input
constexpr std::int64_t kMaxKernelRows = 256;

const char* why_not_data(const Conv2dProblem& p, const Context& context) {
  if (p.kernel.t > kMaxKernelRows) return "requires at most 256 kernel rows";
  return why_not_one_channel(p, context);
}

template <class T>
void backward_data(const Conv2dProblem& p, const Conv2dBackwardData::Args& a, Workspace workspace) {
  const OneChannelRow row = row_of(p);
  const float* weight = pack_weight(p, a.weight.data<T>(), workspace);
  const T* dy = a.dy.data<T>();
  T* dx = a.dx.data<T>();
  const std::int64_t dy_row = p.out_f * p.out_channels;
  launch_rows("conv2d_backward_data", p.batch * p.t, dy_row, [&](std::int64_t begin, std::int64_t end) {
    const T* dy_rows[kMaxKernelRows];
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t n = r / p.t, t = r % p.t;
      for (std::int64_t i = 0; i < p.kernel.t; ++i) {
        const std::int64_t reach = t + p.options.padding.t_before - i * p.options.dilation.t;
        const std::int64_t out_t = reach / p.options.stride.t;
        const bool exists = reach >= 0 && reach % p.options.stride.t == 0 && out_t < p.out_t;
        dy_rows[i] = exists ? dy + (n * p.out_t + out_t) * dy_row : nullptr;
      }
      SONOGRAD_SIMD_CALL(one_channel_data_row<T>)(row, dy_rows, weight, a.dx.adds(), dx + r * p.f);
    }
  });
}

// ---- gradient of the weight: sums over chunks of rows, whose number depends on the problem only, added in order. Rows are
// added in double: a map in decibels is far from zero while dy sums to zero behind a batch norm, so that nearly all of it
// cancels.
std::int64_t chunks_of(const Conv2dProblem& p) {
  return std::clamp<std::int64_t>(p.batch * p.out_t / 8, 1, 64);
}

std::size_t weight_workspace(const Conv2dProblem& p) {
  return padded_map_bytes(p) + Workspace::bytes<double>(size(chunks_of(p) * taps(p) * padded_channels(p)));
}

template <class T>
void backward_weight(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, Workspace workspace) {
  const OneChannelRow row = row_of(p);
  const float* map = pad_map(p, a.x.data<T>(), workspace);
  const T* dy = a.dy.data<T>();
  const std::int64_t chunks = chunks_of(p), rows = p.batch * p.out_t;
  const std::int64_t sums_size = taps(p) * row.channels_padded;
  double* sums = workspace.take<double>(size(chunks * sums_size));
  launch("conv2d_backward_weight", chunks, [&](std::int64_t chunk) {
    double* mine = sums + chunk * sums_size;
    std::fill_n(mine, sums_size, 0.0);
    for (std::int64_t r = rows * chunk / chunks; r < rows * (chunk + 1) / chunks; ++r) {
      SONOGRAD_SIMD_CALL(one_channel_weight_row<T>)
      (row, rows_under(p, map, r), dy + r * p.out_f * p.out_channels, mine);
    }
  });
  for (std::int64_t o = 0; o < p.out_channels; ++o) {
    for (std::int64_t tap = 0; tap < taps(p); ++tap) {
      double total = 0;
      for (std::int64_t i = tap * row.channels_padded + o; i < chunks * sums_size; i += sums_size)
        total += sums[i];
      store<T>(a.dw, o * taps(p) + tap, total);
    }
  }
}

}  // namespace

std::size_t padded_map_bytes(const Conv2dProblem& p) {
  return Workspace::bytes<float>(size(p.batch * padded_t(p) * padded_f(p)));
}

template <class T>
const float* pad_map(const Conv2dProblem& p, const T* x, Workspace& workspace) {
  const std::int64_t rows = padded_t(p), width = padded_f(p);
  const auto& padding = p.options.padding;
  float* map = workspace.take<float>(size(p.batch * rows * width));
  launch_rows("one_channel_pad", p.batch * rows, width, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      float* to = map + row * width;
      const std::int64_t t = row % rows - padding.t_before;
      const bool in_map = t >= 0 && t < p.t;
      std::fill_n(to, in_map ? padding.f_before : width, 0.0f);
      if (!in_map) continue;
      const T* from = x + (row / rows * p.t + t) * p.f;
      for (std::int64_t f = 0; f < p.f; ++f) to[padding.f_before + f] = widen(from[f]);
      std::fill_n(to + padding.f_before + p.f, padding.f_after, 0.0f);
    }
  });
  return map;
}
template const float* pad_map(const Conv2dProblem&, const float*, Workspace&);
template const float* pad_map(const Conv2dProblem&, const bf16*, Workspace&);

const char* why_not_one_channel(const Conv2dProblem& p, const Context& context) {
  if (const char* reason = float_or_bf16(p, context)) return reason;
  return p.in_channels == 1 ? nullptr : "requires one input channel";
}

std::size_t OneChannelForward::workspace(const Conv2dProblem& p) {
  return padded_map_bytes(p) + packed_weight_bytes(p) + Workspace::bytes<float>(size(padded_channels(p)));
}

OneChannelForward::OneChannelForward(const Conv2dProblem& p, const View& x, const View& weight,
                                     const View& bias, Workspace& workspace)
    : problem_(p), row_(row_of(p)) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    map_ = pad_map(p, x.data<T>(), workspace);
    weight_ = pack_weight(p, weight.data<T>(), workspace);
    float* packed = workspace.take<float>(size(row_.channels_padded));
    for (std::int64_t o = 0; o < row_.channels_padded; ++o)
      packed[o] = bias.defined() && o < row_.channels ? widen(bias.data<T>()[o]) : 0.0f;
    bias_ = packed;
  });
}

const float* OneChannelForward::rows_under(std::int64_t out_row) const {
  return cpu::rows_under(problem_, map_, out_row);
}

extern const KernelVariant<Conv2dForward> conv2d_forward_one_channel = {
    .name = "one_channel",
    .why_not = why_not_one_channel,
    .workspace = OneChannelForward::workspace,
    .run = [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context&, Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { forward<decltype(tag)>(p, a, workspace); });
    }};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_one_channel = {
    .name = "one_channel",
    .why_not = why_not_data,
    .workspace = packed_weight_bytes,
    .run = [](const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { backward_data<decltype(tag)>(p, a, workspace); });
    }};
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_one_channel = {
    .name = "one_channel",
    .why_not = why_not_one_channel,
    .workspace = weight_workspace,
    .run = [](const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { backward_weight<decltype(tag)>(p, a, workspace); });
    }};

}  // namespace sonograd::kernels::cpu
