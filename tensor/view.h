// Non-owning views: the arguments of kernels. A view never keeps memory alive.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tensor/device/device.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"
#include "tensor/support/error.h"

namespace sonograd {

using Strides = std::array<std::int64_t, kMaxRank>;  // in elements

/// Row-major strides of a dense tensor.
inline Strides dense_strides(const Shape& shape) {
  Strides strides{};
  std::int64_t step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = step;
    step *= shape[axis];
  }
  return strides;
}

/// Pointer, extents, strides, element type and device. A kernel writes to outputs only: outputs that may be added to are
/// `Out`; outputs that are always replaced (indices, statistics, the state of an optimiser) are plain views, which the header
/// of the op names.
struct View {
  void* pointer = nullptr;
  Shape shape = {0};
  Strides strides{};
  DType dtype = DType::f32;
  Device device;

  View() = default;
  View(void* data, const Shape& extents, DType type, Device where)
      : pointer(data), shape(extents), strides(dense_strides(extents)), dtype(type), device(where) {}

  bool defined() const { return pointer != nullptr; }
  std::int64_t numel() const { return shape.numel(); }
  std::int64_t stride(int axis) const { return strides[static_cast<std::size_t>(shape.normalize(axis))]; }
  std::size_t bytes() const { return static_cast<std::size_t>(numel()) * size_of(dtype); }

  /// True when dense and row-major. Axes of extent 1 may have any stride.
  bool contiguous() const {
    std::int64_t step = 1;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      if (shape[axis] != 1 && strides[static_cast<std::size_t>(axis)] != step) return false;
      step *= shape[axis];
    }
    return true;
  }

  /// Typed pointer. Throws DTypeError when `T` is not the element type.
  template <class T>
  T* data() const {
    if (dtype != dtype_of<T>) {
      throw DTypeError(
          concat("[view] expected ", name_of(dtype_of<T>), ", got ", name_of(dtype), " ", shape));
    }
    return static_cast<T*>(pointer);
  }

  /// `length` positions of `axis` from `start` on; shares memory.
  View slice(int axis, std::int64_t start, std::int64_t length) const {
    const int a = shape.normalize(axis);
    if (start < 0 || length < 0 || start > shape[a] - length) {
      throw ShapeError(
          concat("[slice] ", length, " positions from ", start, " on, of axis ", a, " of ", shape));
    }
    View part = *this;
    part.shape = shape.with(a, length);
    part.pointer =
        static_cast<std::byte*>(pointer) + start * stride(a) * static_cast<std::int64_t>(size_of(dtype));
    return part;
  }

  /// Axis `i` of the result is axis `order[i]` of this view; shares memory.
  View permute(std::span<const int> order) const {
    if (static_cast<int>(order.size()) != shape.rank()) {
      throw ShapeError(concat("[permute] ", order.size(), " axes named for ", shape));
    }
    View turned = *this;
    turned.shape = Shape();
    std::array<bool, kMaxRank> seen{};
    for (std::size_t i = 0; i < order.size(); ++i) {
      const int axis = shape.normalize(order[i]);
      if (seen[static_cast<std::size_t>(axis)])
        throw ShapeError(concat("[permute] axis ", axis, " named twice"));
      seen[static_cast<std::size_t>(axis)] = true;
      turned.shape.push_back(shape[axis]);
      turned.strides[i] = stride(axis);
    }
    return turned;
  }

  /// Other extents over the same dense memory. Throws ShapeError unless contiguous and of equal size.
  View reshape(const Shape& extents) const {
    if (!contiguous() || extents.numel() != numel()) {
      throw ShapeError(concat("[reshape] ", shape, " to ", extents, contiguous() ? "" : " (not contiguous)"));
    }
    return View(pointer, extents, dtype, device);
  }
};

/// A view of elements that are read only.
class ConstView {
 public:
  ConstView() = default;
  ConstView(const View& view) : view_(view) {}  // NOLINT: a view to write to is one to read from

  bool defined() const { return view_.defined(); }
  const Shape& shape() const { return view_.shape; }
  DType dtype() const { return view_.dtype; }
  Device device() const { return view_.device; }
  /// Throws as View::data.
  template <class T>
  const T* data() const {
    return view_.data<T>();
  }

 private:
  friend class Tensor;
  View view_;
};

/// A kernel replaces its output (`kSet`) or accumulates into it (`kAdd`). The caller decides; every kernel supports
/// both, so there are no zero fills and no separate additions.
enum class Write : std::uint8_t { kSet, kAdd };

/// A view to write to, and the way to write.
struct Out {
  View view;
  Write mode = Write::kSet;

  bool adds() const { return mode == Write::kAdd; }
  const Shape& shape() const { return view.shape; }
  Out reshape(const Shape& extents) const { return {view.reshape(extents), mode}; }
  template <class T>
  T* data() const {
    return view.data<T>();
  }
};

inline Out set(const View& view) {
  return {view, Write::kSet};
}
inline Out add_to(const View& view) {
  return {view, Write::kAdd};
}

}  // namespace sonograd
