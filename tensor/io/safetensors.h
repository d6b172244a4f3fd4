// Reading and writing .safetensors files (https://github.com/huggingface/safetensors): eight bytes of header
// length, a JSON header with name, type, extents and place of every tensor, then the raw data.
#pragma once

#include <filesystem>

#include "tensor/io/named_tensors.h"

namespace sonograd::io {

class AtomicFile;

/// Largest header, in bytes. The format allows 100 MB; this is room for 10^5 tensors, and limits the memory that the
/// JSON parser allocates for a malicious file.
inline constexpr std::uint64_t kMaxSafetensorsHeader = std::uint64_t{16} << 20;

/// Tensors come in the order of their data and are read-only: they share one copy of the data in memory, except where the
/// data are not aligned to the element size, which are copied once more. F16 becomes f32, I8 i16 and BOOL u8, as in
/// `read_pth`. Throws ReadError when the file cannot be read, FormatError for a file that breaks the format (every byte of
/// data belongs to exactly one tensor, no key
/// comes twice) and for element types without a DType.
TensorFile read_safetensors(const std::filesystem::path& path);

/// True when the first bytes are those of a safetensors file, whatever its name. Throws ReadError.
bool begins_as_safetensors(const std::filesystem::path& path);

/// Replaces `path` in one step. Equal contents give equal bytes: metadata sorted by key, tensors in their
/// order. Throws IoError when it cannot be written, FormatError for a name or text that is not UTF-8.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);
/// The same for a file that the caller commits; the FormatError does not name it.
void write_safetensors(AtomicFile& out, const TensorFile& file);

}  // namespace sonograd::io
