#include "autograd/ops/copy.h"

#include "autograd/tape.h"
#include "kernels/copy/copy.h"

namespace sonograd {
namespace {

Tensor dense(const View& x) {
  const Tensor y = Tensor::empty(x.shape, x.dtype, x.device);
  kernels::copy(x, set(y));
  return y;
}

}  // namespace

Variable reshape(const Variable& x, const Shape& shape) {
  return record("reshape", {x}, x.data().reshape(shape), [](const Tensor& dy, Gradients dx) {
    const Out out = dx[0].take();
    kernels::copy(dy.view().reshape(out.shape()), out);
  });
}

Variable convert(const Variable& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  const Tensor y = Tensor::empty(x.shape(), dtype, x.device());
  kernels::copy(x.data(), set(y));
  return record("convert", {x}, y, [](const Tensor& dy, Gradients dx) { kernels::copy(dy, dx[0].take()); });
}

Variable permute(const Variable& x, const std::vector<int>& order) {
  std::vector<int> inverse(order.size());
  const Tensor y = dense(x.data().view().permute(order));
  for (std::size_t i = 0; i < order.size(); ++i) {
    inverse[static_cast<std::size_t>(x.shape().normalize(order[i]))] = static_cast<int>(i);
  }
  return record("permute", {x}, y, [inverse](const Tensor& dy, Gradients dx) {
    kernels::copy(dy.view().permute(inverse), dx[0].take());
  });
}

Variable slice(const Variable& x, int axis, std::int64_t start, std::int64_t length) {
  return record(
      "slice", {x}, dense(x.data().view().slice(axis, start, length)),
      [axis, start](const Tensor& dy, Gradients dx) { kernels::place_slice(dy, axis, start, dx[0].take()); });
}

Variable concat(const std::vector<Variable>& parts, int axis) {
  if (parts.empty()) throw ShapeError("[concat] expected at least one part");
  const Variable& first = parts.front();
  std::vector<std::int64_t> lengths;
  std::int64_t total = 0;
  for (const Variable& part : parts) {
    lengths.push_back(part.shape()[axis]);
    total += lengths.back();
    if (part.shape().rank() != first.shape().rank() ||
        part.shape().with(axis, 0) != first.shape().with(axis, 0)) {
      throw ShapeError(
          concat("[concat] ", part.shape(), " does not continue ", first.shape(), " along axis ", axis));
    }
  }
  const Tensor y = Tensor::empty(first.shape().with(axis, total), first.dtype(), first.device());
  std::int64_t start = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    kernels::copy(parts[i].data(), set(y.view().slice(axis, start, lengths[i])));
    start += lengths[i];
  }
  return record("concat", parts, y, [axis, lengths](const Tensor& dy, Gradients dx) {
    std::int64_t from = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      if (dx[i]) kernels::copy(dy.view().slice(axis, from, lengths[i]), dx[i].take());
      from += lengths[i];
    }
  });
}

}  // namespace sonograd
