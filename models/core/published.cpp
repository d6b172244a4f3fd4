#include "models/core/published.h"

#include "kernels/copy/copy.h"

namespace sonograd::models {
namespace {

using layers::FileLayout;

// Axis i of the file's tensor is axis order[i] of ours: [out, k, in] <-> [out, in, k], [out, kT, kF, in] <->
// [out, in, kF, kT]. Both orders swap two axes, so they are their own inverses.
std::vector<int> axis_order(FileLayout layout) {
  switch (layout) {
    case FileLayout::conv1d:
      return {0, 2, 1};
    case FileLayout::conv2d:
      return {0, 3, 2, 1};
    case FileLayout::same:
      break;
  }
  return {};
}

Tensor permuted(const Tensor& tensor, const std::vector<int>& order) {
  if (order.empty()) return tensor;
  const Tensor host = tensor.to(Device{});
  const View turned = host.view().permute(order);
  const Tensor result = Tensor::empty(turned.shape, tensor.dtype());
  kernels::copy(turned, set(result));
  return result;
}

// [out, outer x inner] with the two parts of the second axis swapped.
Tensor with_swapped_inputs(const Tensor& weight, std::int64_t outer, std::int64_t inner) {
  return permuted(weight.reshape({weight.shape()[0], outer, inner}), {0, 2, 1}).reshape(weight.shape());
}

}  // namespace

Tensor to_file_layout(const Tensor& ours, FileLayout layout) {
  return permuted(ours, axis_order(layout));
}
Tensor from_file_layout(const Tensor& published, FileLayout layout) {
  return permuted(published, axis_order(layout));
}

Shape file_shape(const Shape& ours, FileLayout layout) {
  const std::vector<int> order = axis_order(layout);
  if (order.empty()) return ours;
  Shape result;
  for (const int axis : order) result.push_back(ours[axis]);
  return result;
}

PublishedTensor published_as_it_is(const layers::StateInfo& entry) {
  const FileLayout layout = entry.layout;
  return {.name = entry.name,
          .shape = file_shape(entry.shape, layout),
          .to_file = [layout](const Tensor& ours) { return to_file_layout(ours, layout); },
          .from_file = [layout](const Tensor& file) { return from_file_layout(file, layout); }};
}

PublishedTensor published_under(const layers::StateInfo& entry, std::string_view ours,
                                std::string_view theirs) {
  PublishedTensor published = published_as_it_is(entry);
  if (published.name.starts_with(ours)) published.name.replace(0, ours.size(), theirs);
  return published;
}

PublishedTensor published_channel_major(const layers::StateInfo& entry, std::int64_t channels) {
  PublishedTensor published = published_as_it_is(entry);
  const Shape& shape = entry.shape;
  if (shape.rank() != 2 || channels < 1 || shape[1] % channels != 0) {
    throw ShapeError(concat("[weights] ", entry.name, ' ', shape,
                            ": expected a matrix whose inputs are a multiple of ", channels, " channels"));
  }
  const std::int64_t positions = shape[1] / channels;
  published.to_file = [=](const Tensor& ours) { return with_swapped_inputs(ours, positions, channels); };
  published.from_file = [=](const Tensor& file) { return with_swapped_inputs(file, channels, positions); };
  return published;
}

}  // namespace sonograd::models
