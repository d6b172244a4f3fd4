#include "autograd/ops/conv1d.h"

#include "autograd/tape.h"
#include "kernels/reduce/reduce.h"

namespace sonograd {
namespace {

void check(const Shape& x, const Shape& weight, const Conv1dOptions& options) {
  const auto shapes = [&] { return concat("; x ", x, ", weight ", weight); };
  if (x.rank() != 3) throw ShapeError(concat("[conv1d] x: expected 3 axes [N, T, C]", shapes()));
  if (weight.rank() != 3) throw ShapeError(concat("[conv1d] weight: expected 3 axes [out, k, in]", shapes()));
  if (weight[2] != x[2]) {
    throw ShapeError(
        concat("[conv1d] x: expected ", weight[2], " channels as in weight, got ", x[2], shapes()));
  }
  const auto [stride, pad_before, pad_after, dilation] = options;
  if (stride < 1 || dilation < 1) {
    throw ShapeError(
        concat("[conv1d] stride, dilation: expected at least 1, got ", stride, " and ", dilation));
  }
  if (pad_before < 0 || pad_after < 0)
    throw ShapeError(concat("[conv1d] padding: expected at least 0, got ", pad_before, ", ", pad_after));
  if (x[1] + pad_before + pad_after < dilation * (weight[1] - 1) + 1) {
    throw ShapeError(
        concat("[conv1d] x: expected a padded sequence at least as long as the dilated kernel", shapes()));
  }
}

// Shape of a sequence or a weight as a map of one row: [N, T, C] -> [N, 1, T, C], [out, k, in] -> [out, 1, k, in].
View as_map(const View& view) {
  return view.reshape({view.shape[0], 1, view.shape[1], view.shape[2]});
}
Out as_map(const Out& out) {
  return {as_map(out.view), out.mode};
}
Shape as_map(const Shape& shape) {
  return {shape[0], 1, shape[1], shape[2]};
}

}  // namespace

kernels::Conv2dProblem conv1d_as_map(const Shape& x, const Shape& weight, const Conv1dOptions& options,
                                     DType dtype) {
  check(x, weight, options);
  const auto [stride, pad_before, pad_after, dilation] = options;
  return kernels::Conv2dProblem::make(
      as_map(x), as_map(weight),
      {.stride = {1, stride}, .padding = {0, 0, pad_before, pad_after}, .dilation = {1, dilation}}, dtype);
}

Variable conv1d(const Variable& x, const Variable& weight, const Variable& bias, const Conv1dOptions& options,
                kernels::WeightCache* cache) {
  const auto p = conv1d_as_map(x.shape(), weight.shape(), options, x.dtype());
  const Shape map = p.output_shape();
  const Tensor y = Tensor::empty({map[0], map[2], map[3]}, x.dtype(), x.device());
  kernels::conv2d_forward(p, as_map(x.data()), as_map(weight.data()), bias.data(), as_map(set(y)), cache);
  return record_conv1d(p, x, weight, bias, y);
}

Variable record_conv1d(const kernels::Conv2dProblem& p, const Variable& x, const Variable& weight,
                       const Variable& bias, const Tensor& y) {
  return record("conv1d", {x, weight, bias}, y,
                [p, x = x.data(), w = weight.data()](const Tensor& dy, Gradients dx) {
                  if (dx[0]) kernels::conv2d_backward_data(p, as_map(dy), as_map(w), as_map(dx[0].take()));
                  if (dx[1]) kernels::conv2d_backward_weight(p, as_map(x), as_map(dy), as_map(dx[1].take()));
                  if (dx[2]) kernels::channel_sum(dy, dx[2].take());
                });
}

}  // namespace sonograd
