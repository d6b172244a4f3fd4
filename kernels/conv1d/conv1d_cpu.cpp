#include "kernels/conv1d/conv1d_cpu.h"

#include "kernels/core/reference.h"
#include "kernels/onednn/convolution.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- reference: `visit` sees every product x[i] * weight[j] that is part of y[k].
template <class Visit>
void for_each_product(const Conv1dProblem& p, const Visit& visit) {
  const auto [stride, pad_before, pad_after, dilation] = p.options;
  for (std::int64_t n = 0; n < p.batch; ++n) {
    for (std::int64_t t = 0; t < p.out_t; ++t) {
      for (std::int64_t i = 0; i < p.kernel; ++i) {
        const std::int64_t x_t = t * stride - pad_before + i * dilation;
        if (x_t < 0 || x_t >= p.t) continue;
        const std::int64_t x = (n * p.t + x_t) * p.in_channels;
        const std::int64_t y = (n * p.out_t + t) * p.out_channels;
        for (std::int64_t o = 0; o < p.out_channels; ++o) {
          const std::int64_t w = (o * p.kernel + i) * p.in_channels;
          for (std::int64_t c = 0; c < p.in_channels; ++c) visit(x + c, w + c, y + o);
        }
      }
    }
  }
}

using Sums = std::vector<double>;

Sums zeros(const Shape& shape) {
  return Sums(static_cast<std::size_t>(shape.numel()));
}

template <class T>
double product(const T* a, std::int64_t i, const T* b, std::int64_t j) {
  return static_cast<double>(a[i]) * static_cast<double>(b[j]);
}

// ---- onednn
onednn::ConvGeometry geometry(const Conv1dProblem& p, bool has_bias) {
  const auto [stride, pad_before, pad_after, dilation] = p.options;
  return {.spatial = 1,
          .batch = p.batch,
          .in_channels = p.in_channels,
          .out_channels = p.out_channels,
          .in = {p.t},
          .out = {p.out_t},
          .kernel = {p.kernel},
          .stride = {stride},
          .dilation = {dilation},
          .pad_before = {pad_before},
          .pad_after = {pad_after},
          .has_bias = has_bias};
}

}  // namespace

const KernelVariant<Conv1dForward> conv1d_forward_reference =
    reference_row<Conv1dForward>([]<class T>(T, const Conv1dProblem& p, const Conv1dForward::Args& a) {
      const T* x = a.x.data<T>();
      const T* w = a.weight.data<T>();
      Sums y = zeros(p.output_shape());
      for_each_product(
          p, [&](auto i, auto j, auto k) { y[static_cast<std::size_t>(k)] += product(x, i, w, j); });
      if (a.bias.defined()) {
        for (std::size_t i = 0; i < y.size(); ++i)
          y[i] += a.bias.data<T>()[i % static_cast<std::size_t>(p.out_channels)];
      }
      store_all<T>(a.y, y);
    });
const KernelVariant<Conv1dBackwardData> conv1d_backward_data_reference = reference_row<Conv1dBackwardData>(
    []<class T>(T, const Conv1dProblem& p, const Conv1dBackwardData::Args& a) {
      const T* w = a.weight.data<T>();
      const T* dy = a.dy.data<T>();
      Sums dx = zeros(p.input_shape());
      for_each_product(
          p, [&](auto i, auto j, auto k) { dx[static_cast<std::size_t>(i)] += product(w, j, dy, k); });
      store_all<T>(a.dx, dx);
    });
const KernelVariant<Conv1dBackwardWeight> conv1d_backward_weight_reference =
    reference_row<Conv1dBackwardWeight>(
        []<class T>(T, const Conv1dProblem& p, const Conv1dBackwardWeight::Args& a) {
          const T* x = a.x.data<T>();
          const T* dy = a.dy.data<T>();
          Sums dw = zeros(p.weight_shape());
          for_each_product(
              p, [&](auto i, auto j, auto k) { dw[static_cast<std::size_t>(j)] += product(x, i, dy, k); });
          store_all<T>(a.dw, dw);
        });

const KernelVariant<Conv1dForward> conv1d_forward_onednn = {
    .name = "onednn",
    .why_not = float_only,
    .workspace = [](const Conv1dProblem& p) { return onednn::forward_workspace(geometry(p, true)); },
    .run =
        [](const Conv1dProblem& p, const Conv1dForward::Args& a, Workspace workspace) {
          const bool has_bias = a.bias.defined();
          onednn::forward(geometry(p, has_bias), a.x.data<float>(), a.weight.data<float>(),
                          has_bias ? a.bias.data<float>() : nullptr, a.y.data<float>(), a.y.adds(), workspace,
                          a.cache);
        }};
const KernelVariant<Conv1dBackwardData> conv1d_backward_data_onednn = {
    .name = "onednn",
    .why_not = float_only,
    .workspace = [](const Conv1dProblem& p) { return onednn::backward_data_workspace(geometry(p, false)); },
    .run =
        [](const Conv1dProblem& p, const Conv1dBackwardData::Args& a, Workspace workspace) {
          onednn::backward_data(geometry(p, false), a.dy.data<float>(), a.weight.data<float>(),
                                a.dx.data<float>(), a.dx.adds(), workspace);
        }};
const KernelVariant<Conv1dBackwardWeight> conv1d_backward_weight_onednn = {
    .name = "onednn",
    .why_not = float_only,
    .workspace = [](const Conv1dProblem& p) { return onednn::backward_weight_workspace(geometry(p, false)); },
    .run =
        [](const Conv1dProblem& p, const Conv1dBackwardWeight::Args& a, Workspace workspace) {
          onednn::backward_weight(geometry(p, false), a.x.data<float>(), a.dy.data<float>(),
                                  a.dw.data<float>(), a.dw.adds(), workspace);
        }};

}  // namespace sonograd::kernels::cpu
