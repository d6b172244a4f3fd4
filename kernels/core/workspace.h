// Scratch memory of one kernel call. Kernels never allocate: they say how much they want
// (`workspace(problem)`) and get it here, with undefined contents.
#pragma once

#include <cstddef>
#include <span>

#include "tensor/device/storage.h"
#include "tensor/view.h"

namespace sonograd::kernels {

/// Hands out aligned pieces of one block, first come, first served.
class Workspace {
 public:
  Workspace() = default;
  explicit Workspace(std::span<std::byte> memory) : rest_(memory) {}

  /// Bytes that `count` elements of `T` take here, padding included: what `workspace(problem)` adds up.
  template <class T>
  static constexpr std::size_t bytes(std::size_t count) {
    return (count * sizeof(T) + Storage::kAlignment - 1) / Storage::kAlignment * Storage::kAlignment;
  }

  /// Likewise of a dense array.
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
