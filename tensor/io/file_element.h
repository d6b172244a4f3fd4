// Element types of files from other programs, and tensors of them.
#pragma once

#include <cstddef>
#include <span>

#include "tensor/tensor.h"

namespace sonograd::io {

/// Types that files store, little-endian.
enum class FileElement : std::uint8_t { f16, f32, f64, bf16, i8, i16, i32, i64, u8, boolean };

/// Bytes of one element in the file.
std::size_t size_of(FileElement element);
/// Type of the tensor: float16 becomes f32, int8 becomes i16, bool becomes u8; nothing is lost.
DType dtype_of(FileElement element);

/// Bytes of a tensor of these extents in the file. Throws FormatError beyond 64 bits.
std::uint64_t bytes_of(FileElement element, const Shape& shape);

/// A dense tensor on the CPU. Throws FormatError unless `bytes` are exactly `bytes_of` it.
Tensor tensor_from(FileElement element, const Shape& shape, std::span<const std::byte> bytes);

}  // namespace sonograd::io
