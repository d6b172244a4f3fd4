// Files of NumPy: arrays (.npy), and archives of them (numpy.savez, numpy.savez_compressed).
#pragma once

#include <filesystem>

#include "tensor/io/atomic_file.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::io {

/// The arrays under their names, without ".npy". Types as FileElement, little-endian; arrays in the order of Fortran come out in
/// that of C. Nothing in the file is executed. Throws ReadError when the file cannot be read, FormatError, with the file and the
/// entry in it, when its contents are not valid or are no numbers.
NamedTensors read_npz(const std::filesystem::path& path);
/// One array, as numpy.save writes it. Throws likewise.
Tensor read_npy(const std::filesystem::path& path);
/// An archive that numpy.load reads, without compression. Tensors are f32, f64, i16, i32, i64 or u8, on any device. Throws IoError, and
/// DTypeError for another type.
void write_npz(const std::filesystem::path& path, const NamedTensors& tensors);
/// The same to a file that the caller commits.
void write_npz(AtomicFile& out, const NamedTensors& tensors);

}  // namespace sonograd::io
