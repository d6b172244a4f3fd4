// A convolution over time as one over a map with a single row: its time lies on the map's faster axis.
#pragma once

#include "kernels/conv1d/conv1d.h"
#include "kernels/conv2d/conv2d.h"

namespace sonograd::kernels {

inline Conv2dProblem as_conv2d(const Conv1dProblem& p) {
  const auto [stride, pad_before, pad_after, dilation] = p.options;
  return Conv2dProblem::make(
      {p.batch, 1, p.t, p.in_channels}, {p.out_channels, 1, p.kernel, p.in_channels},
      {.stride = {1, stride}, .padding = {0, 0, pad_before, pad_after}, .dilation = {1, dilation}}, p.dtype);
}

/// [N, T, C] as [N, 1, T, C]; [out, k, in] as [out, 1, k, in].
inline View as_conv2d(const View& view) {
  return view.reshape({view.shape[0], 1, view.shape[1], view.shape[2]});
}
inline Out as_conv2d(const Out& out) {
  return {as_conv2d(out.view), out.mode};
}

inline Conv2dForward::Args as_conv2d(const Conv1dForward::Args& a) {
  return {as_conv2d(a.x), as_conv2d(a.weight), a.bias, as_conv2d(a.y), a.cache};
}
inline Conv2dBackwardData::Args as_conv2d(const Conv1dBackwardData::Args& a) {
  return {as_conv2d(a.dy), as_conv2d(a.weight), as_conv2d(a.dx)};
}
inline Conv2dBackwardWeight::Args as_conv2d(const Conv1dBackwardWeight::Args& a) {
  return {as_conv2d(a.x), as_conv2d(a.dy), as_conv2d(a.dw)};
}

}  // namespace sonograd::kernels
