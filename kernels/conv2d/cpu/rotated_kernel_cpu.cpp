// Gradient of the input for strides of 1 as a forward convolution: of dy, with the kernel rotated by 180 degrees and its
// channels exchanged. oneDNN 2.6 runs it at the rate of the forward direction, a fifth above that of its own gradient, and
// the rotation costs little beside it. bf16 tensors are copied to float32 first.
#include <algorithm>

#include "kernels/conv2d/conv2d.h"
#include "kernels/copy/float32_operands.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/onednn/convolution.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kTile = 16;         // tile of the transposition
constexpr std::int64_t kPositions = 1024;  // with fewer, the rotation of the kernel costs more than it saves

onednn::ConvGeometry rotated_geometry(const Conv2dProblem& p) {
  const auto& [stride, padding, dilation] = p.options;
  const std::int64_t reach_t = (p.kernel.t - 1) * dilation.t, reach_f = (p.kernel.f - 1) * dilation.f;
  return {.batch = p.batch,
          .in_channels = p.out_channels,
          .out_channels = p.in_channels,
          .in = {p.out_t, p.out_f},
          .out = {p.t, p.f},
          .kernel = {p.kernel.t, p.kernel.f},
          .stride = {1, 1},
          .dilation = {dilation.t, dilation.f},
          .pad_before = {reach_t - padding.t_before, reach_f - padding.f_before},
          .pad_after = {reach_t - padding.t_after, reach_f - padding.f_after}};
}

// Copies [out, taps, in] to [in, taps in reverse order, out].
template <class T>
void rotate(const Conv2dProblem& p, const T* weight, float* rotated) {
  const std::int64_t taps = p.kernel.t * p.kernel.f, in = p.in_channels, out = p.out_channels;
  launch("conv2d_rotate", blocks_of(in, kTile), [=](std::int64_t block) {
    const std::int64_t begin = block * kTile, end = std::min(in, begin + kTile);
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      for (std::int64_t first = 0; first < out; first += kTile) {
        for (std::int64_t c = begin; c < end; ++c) {
          float* to = rotated + (c * taps + taps - 1 - tap) * out;
          for (std::int64_t o = first; o < std::min(out, first + kTile); ++o)
            to[o] = widen(weight[(o * taps + tap) * in + c]);
        }
      }
    }
  });
}

void backward_data(const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&,
                   Workspace workspace) {
  float* rotated = workspace.take<float>(static_cast<std::size_t>(p.weight_shape().numel()));
  visit_stored(p.dtype, [&](auto tag) { rotate(p, a.weight.data<decltype(tag)>(), rotated); });
  const View dy = in_float32(a.dy, workspace);
  const Float32Result dx(a.dx, workspace);
  onednn::forward(rotated_geometry(p), dy.data<float>(), rotated, nullptr, dx.out().data<float>(),
                  dx.out().adds(), workspace, nullptr);
  dx.store();
}

const char* why_not(const Conv2dProblem& p, const Context& context) {
  const auto& [stride, padding, dilation] = p.options;
  if (stride.t != 1 || stride.f != 1) return "requires stride 1";
  if (p.batch * p.out_t * p.out_f < kPositions) return "requires at least 1,024 output positions";
  if (std::max(padding.t_before, padding.t_after) > (p.kernel.t - 1) * dilation.t ||
      std::max(padding.f_before, padding.f_after) > (p.kernel.f - 1) * dilation.f) {
    return "requires padding that is smaller than the dilated kernel";
  }
  return float_or_bf16(p, context);
}

}  // namespace

extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_rotated_kernel = {
    .name = "rotated_kernel",
    .why_not = why_not,
    .workspace =
        [](const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&) {
          return Workspace::bytes(p.weight_shape(), DType::f32) +
                 float32_copy_bytes(p.output_shape(), p.dtype) +
                 float32_copy_bytes(p.input_shape(), p.dtype) +
                 onednn::forward_workspace(rotated_geometry(p), p.dtype == DType::f32 && a.dx.adds());
        },
    .run = backward_data};

}  // namespace sonograd::kernels::cpu
