// Scratch memory of one kernel call. Kernels never allocate: `KernelVariant::workspace` gives the number of bytes, and the
// kernel receives them here, with undefined contents.
#pragma once

#include <cstddef>
#include <span>

#include "tensor/device/storage.h"
#include "tensor/view.h"

namespace sonograd::kernels {

/// Divides one block of memory into aligned pieces, in the order of the calls of `take`.
class Workspace {
 public:
  Workspace() = default;
  explicit Workspace(std::span<std::byte> memory) : rest_(memory) {}

  /// Bytes that `count` elements of `T` take here, padding included; `KernelVariant::workspace` is a sum of these.
  template <class T>
  static constexpr std::size_t bytes(std::size_t count) {
    return (count * sizeof(T) + Storage::kAlignment - 1) / Storage::kAlignment * Storage::kAlignment;
  }

  /// Bytes that a dense array takes, padding included.
  static std::size_t bytes(const Shape& shape, DType dtype) {
    return bytes<std::byte>(static_cast<std::size_t>(shape.numel()) * size_of(dtype));
  }

  template <class T>
  T* take(std::size_t count) {
    T* piece = reinterpret_cast<T*>(rest_.data());
    rest_ = rest_.subspan(bytes<T>(count));
    return piece;
  }

  /// A dense array, on the device of the memory.
  View take(const Shape& shape, DType dtype, Device device) {
    return View(take<std::byte>(static_cast<std::size_t>(shape.numel()) * size_of(dtype)), shape, dtype,
                device);
  }

 private:
  std::span<std::byte> rest_;
};

}  // namespace sonograd::kernels
