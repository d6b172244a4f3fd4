// Checkpoint bundles of TensorFlow, version 2 ("V2"): PREFIX.index, a LevelDB table of the tensors, and their bytes in
// PREFIX.data-00000-of-00001 and so on (tensorflow/core/protobuf/tensor_bundle.proto).
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "tensor/io/named_tensors.h"

namespace sonograd::io {

/// Bytes of a file of the bundle, by its name: PREFIX + ".index". They are valid as long as the function is.
using FetchFile = std::function<std::span<const std::byte>(const std::string& name)>;

/// All tensors under the names of their variables, in the order of the index (sorted). Types as FileElement; texts are passed
/// over. Every checksum is compared. Throws FormatError, naming file and variable, for contents that are not valid, a
/// big-endian file, types that are no numbers here, and variables that are divided into slices; what `fetch` throws passes.
NamedTensors read_tensorflow_bundle(const std::string& prefix, const FetchFile& fetch);

/// The same for a bundle of the file system; `index`: path of its .index file. Throws ReadError when a file cannot be read.
NamedTensors read_tensorflow_bundle(const std::filesystem::path& index);

/// The variables without the state of an optimiser: those named after another one (`kernel/Adam`, `kernel/Adam_1`,
/// `kernel/Momentum`, …), powers of betas and the global step.
NamedTensors without_optimizer(const NamedTensors& variables);

}  // namespace sonograd::io
