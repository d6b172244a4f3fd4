#include "tensor/tensor.h"

#include <algorithm>

#include "tensor/device/backend.h"
#include "tensor/support/recycled.h"

namespace sonograd {
namespace {

void copy_bytes(const View& to, const View& from) {
  const DeviceKind kind = to.device.kind == DeviceKind::cpu ? from.device.kind : to.device.kind;
  backend(kind).copy(static_cast<std::byte*>(to.pointer), to.device,
                     static_cast<const std::byte*>(from.pointer), from.device, to.bytes());
}

template <class To, class From>
To convert(From value) {
  if constexpr (std::is_same_v<From, bf16>) {
    return convert<To>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, bf16>) {
    return bf16(static_cast<float>(value));
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace

Tensor::Tensor(std::shared_ptr<Storage> storage, const Shape& shape, DType dtype, std::size_t byte_offset)
    : storage_(std::move(storage)), byte_offset_(byte_offset), shape_(shape), dtype_(dtype) {
  if (byte_offset_ + bytes() > storage_->bytes()) {
    throw ShapeError(concat("[tensor] ", shape, " of ", name_of(dtype), " at byte ", byte_offset,
                            " of a storage of ", storage_->bytes(), " bytes"));
  }
}

Tensor Tensor::empty(const Shape& shape, DType dtype, Device device) {
  return Tensor(Storage::allocate(static_cast<std::size_t>(shape.numel()) * size_of(dtype), device), shape,
                dtype);
}

Tensor Tensor::zeros(const Shape& shape, DType dtype, Device device) {
  const Tensor result = empty(shape, dtype, device);
  result.fill_zero();
  return result;
}

Tensor Tensor::full(const Shape& shape, double value, DType dtype, Device device) {
  const Tensor host = empty(shape, dtype);
  visit(dtype, [&](auto tag) {
    using T = decltype(tag);
    std::ranges::fill(host.span<T>(), convert<T>(value));
  });
  return host.to(device);
}

View Tensor::view() const {
  if (!storage_) return {};
  return View(storage_->data() + byte_offset_, shape_, dtype_, storage_->device());
}

Tensor Tensor::reshape(const Shape& shape) const {
  if (shape.numel() != numel()) throw ShapeError(concat("[reshape] ", shape_, " to ", shape));
  return Tensor(storage_, shape, dtype_, byte_offset_);
}

Tensor Tensor::reshape(std::initializer_list<std::int64_t> wanted) const {
  RecycledVector<std::int64_t> extents;
  extents.assign(wanted);
  std::int64_t known = 1;
  for (const std::int64_t extent : extents) {
    if (extent != -1) known *= extent;
  }
  const auto free = std::ranges::find(extents, -1);
  if (free != extents.end() && known != 0) *free = numel() / known;
  return reshape(Shape(extents));
}

Tensor Tensor::rows(std::int64_t start, std::int64_t length) const {
  const View part = view().slice(0, start, length);
  const auto offset = static_cast<std::byte*>(part.pointer) - storage_->data();
  return Tensor(storage_, part.shape, dtype_, static_cast<std::size_t>(offset));
}

Tensor Tensor::copy_of(const ConstView& from, Device device) {
  const View& view = from.view_;
  if (!view.contiguous()) throw ShapeError(concat("[copy] ", view.shape, " (not contiguous)"));
  const Tensor copy = empty(view.shape, view.dtype, device);
  copy_bytes(copy, view);
  return copy;
}

Tensor Tensor::clone() const {
  const Tensor copy = empty(shape_, dtype_, device());
  copy_bytes(copy, *this);
  return copy;
}

Tensor Tensor::to(Device target) const {
  if (!defined() || target == device()) return *this;
  const Tensor copy = empty(shape_, dtype_, target);
  copy_bytes(copy, *this);
  return copy;
}

Tensor Tensor::to(DType target) const {
  if (target == dtype_) return *this;
  const Tensor host = to(Device{});
  const Tensor result = empty(shape_, target);
  visit(dtype_, [&](auto from_tag) {
    visit(target, [&](auto to_tag) {
      using From = decltype(from_tag);
      using To = decltype(to_tag);
      std::ranges::transform(host.span<From>(), result.span<To>().begin(), convert<To, From>);
    });
  });
  return result.to(device());
}

void Tensor::copy_from(const View& from) const {
  if (from.shape != shape_ || !from.contiguous()) {
    throw ShapeError(
        concat("[copy] ", from.shape, from.contiguous() ? "" : " (not contiguous)", " over ", shape_));
  }
  if (from.dtype != dtype_) {
    throw DTypeError(concat("[copy] ", name_of(from.dtype), " over ", name_of(dtype_), " ", shape_));
  }
  copy_bytes(*this, from);
}

void Tensor::fill_zero() const {
  const View all = view();
  backend(all.device.kind).fill_zero(static_cast<std::byte*>(all.pointer), all.bytes(), all.device.index);
}

double Tensor::item() const {
  if (numel() != 1) throw ShapeError(concat("[item] expected one element, got ", shape_));
  const Tensor host = to(Device{}).to(DType::f64);
  return *host.data<double>();
}

}  // namespace sonograd
