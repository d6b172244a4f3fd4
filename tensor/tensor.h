// The owning tensor: dense, row-major, one element type, one device. It has no arithmetic: operations take
// `Variable` (autograd/ops).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "tensor/device/storage.h"
#include "tensor/view.h"

namespace sonograd {

/// A handle: copies share the memory, `clone` allocates new memory. A default-constructed tensor is undefined.
class Tensor {
 public:
  Tensor() = default;
  /// Throws ShapeError when the storage is too small.
  Tensor(std::shared_ptr<Storage> storage, const Shape& shape, DType dtype, std::size_t byte_offset = 0);

  /// Contents are undefined. Throws OutOfMemory (arena.h) when the device has too little memory left.
  static Tensor empty(const Shape& shape, DType dtype = DType::f32, Device device = {});
  static Tensor zeros(const Shape& shape, DType dtype = DType::f32, Device device = {});
  /// Every element is `value`, converted to `dtype`.
  static Tensor full(const Shape& shape, double value, DType dtype = DType::f32, Device device = {});
  /// Copies `values`. Throws ShapeError unless their number fits the shape.
  template <class T>
  static Tensor from(std::span<const T> values, const Shape& shape, Device device = {});
  template <class T>
  static Tensor from(const std::vector<T>& values, const Shape& shape, Device device = {}) {
    return from(std::span<const T>(values), shape, device);
  }

  /// The elements of `from`, on `device`. Throws ShapeError unless it is contiguous.
  static Tensor copy_of(const ConstView& from, Device device = {});

  bool defined() const { return storage_ != nullptr; }
  const Shape& shape() const { return shape_; }
  std::int64_t numel() const { return shape_.numel(); }
  DType dtype() const { return dtype_; }
  Device device() const { return storage_ ? storage_->device() : Device{}; }
  std::size_t bytes() const { return static_cast<std::size_t>(numel()) * size_of(dtype_); }

  View view() const;
  operator View() const { return view(); }  // NOLINT: kernels take views, callers have tensors
  /// Host pointer to the elements. Throws DTypeError for another type, DeviceError unless on the CPU.
  template <class T>
  T* data() const;
  template <class T>
  std::span<T> span() const {
    return {data<T>(), static_cast<std::size_t>(numel())};
  }

  /// Shares the memory under other extents. One extent may be -1, which stands for the remaining elements. Throws
  /// ShapeError unless the numbers of elements agree.
  Tensor reshape(std::initializer_list<std::int64_t> extents) const;
  Tensor reshape(const Shape& shape) const;
  /// Rows [start, start + length) of the first axis; shares the memory. Throws ShapeError when they reach outside.
  Tensor rows(std::int64_t start, std::int64_t length) const;

  Tensor clone() const;
  /// This tensor copied to `device`; itself when it is there already.
  Tensor to(Device device) const;
  /// This tensor converted to `dtype` (on the CPU); itself when it has that type already.
  Tensor to(DType dtype) const;
  /// Overwrites the elements with those of `from`, which may be on another device. Throws ShapeError or DTypeError unless
  /// extents and types agree and `from` is dense.
  void copy_from(const View& from) const;
  void fill_zero() const;
  /// The single element, as double. Throws ShapeError for another number of elements.
  double item() const;

 private:
  std::shared_ptr<Storage> storage_;
  std::size_t byte_offset_ = 0;
  Shape shape_ = {0};
  DType dtype_ = DType::f32;
};

/// Calls `f(T())` with the C++ type of `dtype`.
template <class F>
decltype(auto) visit(DType dtype, F&& f) {
  switch (dtype) {
    case DType::f64:
      return f(double());
    case DType::bf16:
      return f(bf16());
    case DType::i16:
      return f(std::int16_t());
    case DType::i32:
      return f(std::int32_t());
    case DType::i64:
      return f(std::int64_t());
    case DType::u8:
      return f(std::uint8_t());
    case DType::f32:
      break;
  }
  return f(float());
}

/// Calls `f(T())` with float or double. Throws DTypeError, naming `op`, for another type.
template <class F>
decltype(auto) visit_real(DType dtype, std::string_view op, F&& f) {
  if (dtype == DType::f64) return f(double());
  if (dtype != DType::f32) throw DTypeError(concat("[", op, "] expected f32 or f64, got ", name_of(dtype)));
  return f(float());
}

template <class T>
Tensor Tensor::from(std::span<const T> values, const Shape& shape, Device device) {
  if (static_cast<std::int64_t>(values.size()) != shape.numel()) {
    throw ShapeError(concat("[tensor] ", values.size(), " values for shape ", shape));
  }
  Tensor host(Storage::allocate(values.size_bytes(), Device{}), shape, dtype_of<T>);
  std::copy(values.begin(), values.end(), host.data<T>());
  return host.to(device);
}

template <class T>
T* Tensor::data() const {
  if (device().kind != DeviceKind::cpu) {
    throw DeviceError(concat("[tensor] host access to data on ", device().name()));
  }
  return view().data<T>();
}

}  // namespace sonograd
