#include <vector>

#include "tensor/io/atomic_file.h"
#include "tensor/io/npz.h"
#include "tensor/io/zip_writer.h"

namespace sonograd::io {
namespace {

std::string_view numpy_type(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return "<f4";
    case DType::f64:
      return "<f8";
    case DType::i16:
      return "<i2";
    case DType::i32:
      return "<i4";
    case DType::i64:
      return "<i8";
    case DType::u8:
      return "|u1";
    case DType::bf16:
      break;
  }
  throw DTypeError(concat("[npz] NumPy has no type ", name_of(dtype)));
}

/// Version 1.0 of the format: magic, length of the header in two bytes, and the header, padded to a multiple of 64 bytes.
std::string array_of(const Tensor& tensor) {
  constexpr std::size_t kBeforeHeader = 10, kAlignment = 64;
  std::string extents;
  for (const std::int64_t extent : tensor.shape()) extents += concat(extent, ", ");
  std::string header = concat("{'descr': '", numpy_type(tensor.dtype()),
                              "', 'fortran_order': False, 'shape': (", extents, "), }");
  header.append(kAlignment - 1 - (kBeforeHeader + header.size()) % kAlignment, ' ');
  header += '\n';
  std::string bytes = "\x93NUMPY\x01";
  bytes += '\0';
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  return bytes.append(static_cast<const char*>(tensor.view().pointer), tensor.bytes());
}

}  // namespace

void write_npz(const std::filesystem::path& path, const NamedTensors& tensors) {
  AtomicFile out(path);
  write_npz(out, tensors);
  out.commit();
}

void write_npz(AtomicFile& out, const NamedTensors& tensors) {
  std::vector<std::string> arrays;
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors) {
    arrays.push_back(array_of(tensor.to(Device{})));
    names.push_back(concat(name, ".npy"));
  }
  ZipWriter archive;
  for (std::size_t i = 0; i < arrays.size(); ++i) archive.add(names[i], std::string_view(arrays[i]));
  archive.finish(out);
}

}  // namespace sonograd::io
