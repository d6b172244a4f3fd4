#include "kernels/conv2d/conv2d.h"
#include "kernels/copy/float32_operands.h"
#include "kernels/core/reference.h"
#include "kernels/onednn/convolution.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- reference: the formula as loops, sums in double. Calls `visit` for every product of the convolution.
template <class Visit>
void for_each_product(const Conv2dProblem& p, const Visit& visit) {
  const auto& [stride, padding, dilation] = p.options;
  for (std::int64_t n = 0; n < p.batch; ++n) {
    for (std::int64_t t = 0; t < p.out_t; ++t) {
      for (std::int64_t f = 0; f < p.out_f; ++f) {
        const std::int64_t y = ((n * p.out_t + t) * p.out_f + f) * p.out_channels;
        for (std::int64_t i = 0; i < p.kernel.t; ++i) {
          const std::int64_t x_t = t * stride.t - padding.t_before + i * dilation.t;
          if (x_t < 0 || x_t >= p.t) continue;
          for (std::int64_t j = 0; j < p.kernel.f; ++j) {
            const std::int64_t x_f = f * stride.f - padding.f_before + j * dilation.f;
            if (x_f < 0 || x_f >= p.f) continue;
            const std::int64_t x = ((n * p.t + x_t) * p.f + x_f) * p.in_channels;
            const std::int64_t w = (i * p.kernel.f + j) * p.in_channels;
            const std::int64_t w_step = p.kernel.t * p.kernel.f * p.in_channels;
            for (std::int64_t o = 0; o < p.out_channels; ++o) {
              for (std::int64_t c = 0; c < p.in_channels; ++c) visit(x + c, o * w_step + w + c, y + o);
            }
          }
        }
      }
    }
  }
}

template <class T>
void forward(const Conv2dProblem& p, const Conv2dForward::Args& a) {
  const T* x = a.x.data<T>();
  const T* w = a.weight.data<T>();
  std::vector<double> y(static_cast<std::size_t>(p.output_shape().numel()));
  for_each_product(p, [&](std::int64_t ix, std::int64_t iw, std::int64_t iy) {
    y[static_cast<std::size_t>(iy)] += static_cast<double>(widen(x[ix])) * static_cast<double>(widen(w[iw]));
  });
  if (a.bias.defined()) {
    const T* bias = a.bias.data<T>();
    for (std::size_t i = 0; i < y.size(); ++i)
      y[i] += widen(bias[i % static_cast<std::size_t>(p.out_channels)]);
  }
  store_all<T>(a.y, y);
}

template <class T>
void backward_data(const Conv2dProblem& p, const Conv2dBackwardData::Args& a) {
  const T* dy = a.dy.data<T>();
  const T* w = a.weight.data<T>();
  std::vector<double> dx(static_cast<std::size_t>(p.input_shape().numel()));
  for_each_product(p, [&](std::int64_t ix, std::int64_t iw, std::int64_t iy) {
    dx[static_cast<std::size_t>(ix)] +=
        static_cast<double>(widen(dy[iy])) * static_cast<double>(widen(w[iw]));
  });
  store_all<T>(a.dx, dx);
}

template <class T>
void backward_weight(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a) {
  const T* x = a.x.data<T>();
  const T* dy = a.dy.data<T>();
  std::vector<double> dw(static_cast<std::size_t>(p.weight_shape().numel()));
  for_each_product(p, [&](std::int64_t ix, std::int64_t iw, std::int64_t iy) {
    dw[static_cast<std::size_t>(iw)] +=
        static_cast<double>(widen(x[ix])) * static_cast<double>(widen(dy[iy]));
  });
  store_all<T>(a.dw, dw);
}

// ---- onednn: on float32 copies of bf16 tensors
onednn::ConvGeometry geometry(const Conv2dProblem& p, bool has_bias) {
  const auto& [stride, padding, dilation] = p.options;
  return {2,
          p.batch,
          p.in_channels,
          p.out_channels,
          {p.t, p.f},
          {p.out_t, p.out_f},
          {p.kernel.t, p.kernel.f},
          {stride.t, stride.f},
          {dilation.t, dilation.f},
          {padding.t_before, padding.f_before},
          {padding.t_after, padding.f_after},
          has_bias};
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_reference = stored_reference_row<Conv2dForward>(
    []<class T>(T, const Conv2dProblem& p, const Conv2dForward::Args& a) { forward<T>(p, a); });
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_reference =
    stored_reference_row<Conv2dBackwardData>(
        []<class T>(T, const Conv2dProblem& p, const Conv2dBackwardData::Args& a) {
          backward_data<T>(p, a);
        });
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_reference =
    stored_reference_row<Conv2dBackwardWeight>(
        []<class T>(T, const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a) {
          backward_weight<T>(p, a);
        });

extern const KernelVariant<Conv2dForward> conv2d_forward_onednn = {
    .name = "onednn",
    .why_not = float_or_bf16,
    .workspace =
        [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context& context) {
          const auto of_convolution =
              context.batch_invariant ? onednn::forward_one_by_one_workspace : onednn::forward_workspace;
          return of_convolution(geometry(p, a.bias.defined()), p.dtype == DType::f32 && a.y.adds()) +
                 float32_copy_bytes(p.input_shape(), p.dtype) +
                 (a.cache != nullptr ? 0
                                     : float32_copy_bytes(p.weight_shape(), p.dtype) +
                                           float32_copy_bytes({p.out_channels}, p.dtype)) +
                 float32_copy_bytes(p.output_shape(), p.dtype);
        },
    .run =
        [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context& context,
           Workspace workspace) {
          const bool has_bias = a.bias.defined();
          const View x = in_float32(a.x, workspace), weight = in_float32(a.weight, a.cache, workspace);
          const View bias = in_float32(a.bias, a.cache, workspace);
          const Float32Result y(a.y, workspace);
          const auto convolve = context.batch_invariant ? onednn::forward_one_by_one : onednn::forward;
          convolve(geometry(p, has_bias), x.data<float>(), weight.data<float>(),
                   has_bias ? bias.data<float>() : nullptr, y.out().data<float>(), y.out().adds(), workspace,
                   a.cache);
          y.store();
        }};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_onednn = {
    .name = "onednn",
    .why_not = float_or_bf16,
    .workspace =
        [](const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&) {
          return onednn::backward_data_workspace(geometry(p, false), a.dx.adds()) +
                 float32_copy_bytes(p.output_shape(), p.dtype) +
                 float32_copy_bytes(p.weight_shape(), p.dtype) + float32_copy_bytes(p.input_shape(), p.dtype);
        },
    .run =
        [](const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&, Workspace workspace) {
          const View dy = in_float32(a.dy, workspace), weight = in_float32(a.weight, workspace);
          const Float32Result dx(a.dx, workspace);
          onednn::backward_data(geometry(p, false), dy.data<float>(), weight.data<float>(),
                                dx.out().data<float>(), dx.out().adds(), workspace);
          dx.store();
        }};
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_onednn = {
    .name = "onednn",
    .why_not = float_or_bf16,
    .workspace =
        [](const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, const Context&) {
          return onednn::backward_weight_workspace(geometry(p, false), a.dw.adds()) +
                 float32_copy_bytes(p.input_shape(), p.dtype) +
                 float32_copy_bytes(p.output_shape(), p.dtype) +
                 float32_copy_bytes(p.weight_shape(), p.dtype);
        },
    .run =
        [](const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, const Context&, Workspace workspace) {
          const View x = in_float32(a.x, workspace), dy = in_float32(a.dy, workspace);
          const Float32Result dw(a.dw, workspace);
          onednn::backward_weight(geometry(p, false), x.data<float>(), dy.data<float>(),
                                  dw.out().data<float>(), dw.out().adds(), workspace);
          dw.store();
        }};

}  // namespace sonograd::kernels::cpu
