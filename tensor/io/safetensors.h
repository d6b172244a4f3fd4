// Reading and writing .safetensors files (https://github.com/huggingface/safetensors): eight bytes of header
// length, a JSON header that names every tensor with its type, extents and place, then the raw data.
#pragma once

#include <filesystem>

#include "tensor/io/named_tensors.h"

namespace sonograd::io {

/// The format allows headers of 100 MB. This is room for 10^5 tensors and caps what a hostile file can make
/// the JSON parser allocate.
inline constexpr std::uint64_t kMaxSafetensorsHeader = std::uint64_t{16} << 20;

/// Tensors come in the order of their data and are read-only: they borrow the mapped file, except where the
/// data are not aligned to the element size, which are copied. Throws ReadError when the file cannot be read,
/// FormatError for anything the format does not allow (every byte of data belongs to exactly one tensor, no
/// key comes twice) and for element types without a DType.
TensorFile read_safetensors(const std::filesystem::path& path);

/// Replaces `path` in one step. Equal contents give equal bytes: metadata sorted by key, tensors in their
/// order. Throws IoError when it cannot be written, FormatError for a name or text that is not UTF-8.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);

}  // namespace sonograd::io
