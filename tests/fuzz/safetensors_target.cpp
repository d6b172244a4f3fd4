// Tensor files, and the metadata of model files and checkpoints.
#include "models/core/description.h"
#include "tensor/io/safetensors.h"
#include "tests/fuzz/fuzz_target.h"
#include "train/run/checkpoint.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  const io::TensorFile read = io::read_safetensors(file);
  if (read.metadata.contains("sonograd_checkpoint")) {
    train::load_checkpoint(file);
  } else {
    models::from_metadata(read.metadata);
  }
}

}  // namespace sonograd::fuzz
