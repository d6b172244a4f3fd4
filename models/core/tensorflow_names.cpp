#include "models/core/tensorflow_names.h"

#include <algorithm>
#include <vector>

#include "kernels/copy/copy.h"

namespace sonograd::models {
namespace {

std::string_view variable_of(std::string_view last, bool is_norm) {
  if (last == "running_mean") return "moving_mean";
  if (last == "running_var") return "moving_variance";
  if (last == "weight") return is_norm ? "gamma" : "kernel";
  if (last == "bias" && is_norm) return "beta";
  return last;
}

Tensor reordered(const Tensor& tensor, const std::vector<int>& order) {
  const View turned = tensor.view().permute(order);
  const Tensor result = Tensor::empty(turned.shape, tensor.dtype());
  kernels::copy(turned, set(result));
  return result;
}

// [out, ...] -> [..., out].
Tensor first_axis_last(const Tensor& tensor) {
  std::vector<int> order;
  for (int axis = 1; axis < tensor.shape().rank(); ++axis) order.push_back(axis);
  order.push_back(0);
  return reordered(tensor, order);
}

Tensor last_axis_first(const Tensor& tensor) {
  std::vector<int> order = {tensor.shape().rank() - 1};
  for (int axis = 0; axis < tensor.shape().rank() - 1; ++axis) order.push_back(axis);
  return reordered(tensor, order);
}

// The last axis of `tensor`, `outer` times `inner` numbers, as `inner` times `outer`.
Tensor with_swapped_parts(const Tensor& tensor, std::int64_t outer, std::int64_t inner) {
  const Tensor parts = tensor.reshape({tensor.numel() / (outer * inner), outer, inner});
  return reordered(parts, {0, 2, 1}).reshape(tensor.shape());
}

}  // namespace

PublishedTensor published_by_tensorflow(const layers::StateInfo& entry,
                                        std::span<const TensorFlowLayer> layers) {
  const std::size_t dot = entry.name.rfind('.');
  const std::string_view name = entry.name, layer = name.substr(0, dot == std::string::npos ? 0 : dot),
                         last = name.substr(layer.empty() ? 0 : dot + 1);
  PublishedTensor published = published_as_it_is(entry);
  const auto found = std::ranges::find(layers, layer, &TensorFlowLayer::ours);
  if (found == layers.end()) return published;
  const bool is_norm = found->theirs.starts_with("batch_normalization");
  published.name = concat(found->theirs, '/', variable_of(last, is_norm));
  if (last != "weight" || is_norm) return published;

  const Shape& ours = entry.shape;
  Shape turned;
  for (int axis = 1; axis < ours.rank(); ++axis) turned.push_back(ours[axis]);
  turned.push_back(ours[0]);
  published.shape = ours.rank() == 3 ? Shape{ours[1], ours[2], 1, ours[0]} : turned;
  published.to_file = [shape = published.shape](const Tensor& weight) {
    return first_axis_last(weight).reshape(shape);
  };
  published.from_file = [turned](const Tensor& kernel) { return last_axis_first(kernel.reshape(turned)); };
  return published;
}

PublishedTensor interleaved(PublishedTensor published, const layers::StateInfo& entry,
                            std::int64_t channels) {
  if (entry.shape.rank() < 1 || entry.shape[-1] != 2 * channels) {
    throw ShapeError(concat("[weights] ", entry.name, ' ', entry.shape, ": expected ", 2 * channels,
                            " numbers along the last axis, maxima and means of ", channels, " channels"));
  }
  published.to_file = [channels, inner = published.to_file](const Tensor& ours) {
    return inner(with_swapped_parts(ours, 2, channels));
  };
  published.from_file = [channels, inner = published.from_file](const Tensor& file) {
    return with_swapped_parts(inner(file), channels, 2);
  };
  return published;
}

}  // namespace sonograd::models
