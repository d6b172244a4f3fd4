// Weight files of PyTorch (.pth, .pt, .ckpt), read and written without Python.
#pragma once

#include <filesystem>
#include <string_view>

#include "tensor/io/named_tensors.h"

namespace sonograd::io {

class AtomicFile;

/// Both layouts of torch.save: the zip archive and the older row of pickles. Tensors in nested dictionaries
/// get their keys joined by dots ("state_dict.dense.weight"); those whose name starts with `prefix` are
/// returned, without it. float16 becomes f32, int8 i16 and bool u8; values that are not tensors are passed
/// over. Nothing in the file is executed. Throws ReadError when the file cannot be read, FormatError, with the
/// file and the place in it, when its contents are not valid.
NamedTensors read_pth(const std::filesystem::path& path, std::string_view prefix = {});

/// A zip archive that `torch.load(path, weights_only=True)` reads as a dictionary of CPU tensors. Replaces
/// `path` in one step; equal tensors give equal bytes. Holds the whole archive in memory. Throws IoError when
/// it cannot be written.
void write_pth(const std::filesystem::path& path, const NamedTensors& tensors);
/// The same for a file that the caller commits.
void write_pth(AtomicFile& out, const NamedTensors& tensors);

}  // namespace sonograd::io
