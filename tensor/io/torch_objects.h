// The objects of PyTorch inside a pickle: storages, and tensors as views of them.
#pragma once

#include <functional>
#include <string_view>

#include "tensor/io/named_tensors.h"
#include "tensor/io/pickle.h"

namespace sonograd::io::torch {

/// Element type of a storage class in the file, and its DType here.
struct ElementType {
  std::string_view storage;  ///< name of the class in the module `torch`
  std::size_t bytes;         ///< bytes of one element in the file
  DType dtype;               ///< half becomes f32, int8 becomes i16, bool becomes u8: nothing is lost
};

/// Storage class under which a tensor of `dtype` is written.
const ElementType& element_type_of(DType dtype);

/// Contents of a persistent id. The bytes of the storage are elsewhere in the file, under `key`.
struct StorageId {
  std::string_view key;
  const ElementType* type;
  std::uint64_t count;  ///< elements

  /// Size of the storage in the file. Throws FormatError when it exceeds 64 bits.
  std::uint64_t bytes() const;
};

StorageId storage_id(const pickle::Persistent& persistent);

/// True for the classes and functions that files of weights refer to. None of them is executed.
bool allow_global(const pickle::Global& global);

/// The bytes of a storage, exactly `StorageId::bytes()`; valid as long as the function is.
using FetchStorage = std::function<std::span<const std::byte>(const StorageId&)>;

/// The tensors in the dictionary `root` and the dictionaries in it. A name is the keys on the way joined by
/// dots; those that start with `prefix` are taken, without it. Everything that is not a tensor is passed
/// over. Each tensor is a dense copy of its own. Throws FormatError for tensors that reach outside their
/// storage or take more than `max_bytes` together.
NamedTensors collect_tensors(const pickle::Value& root, std::string_view prefix, const FetchStorage& fetch,
                             std::uint64_t max_bytes);

}  // namespace sonograd::io::torch
