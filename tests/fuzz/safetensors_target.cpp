// Tensor files, and the metadata of model files and checkpoints.
#include "models/core/model.h"
#include "tensor/io/safetensors.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"
#include "train/run/checkpoint.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  const io::TensorFile read = io::read_safetensors(file);
  if (read.metadata.contains("sonograd_checkpoint")) {
    train::load_checkpoint(file);
  } else {
    models::load_model(file);
  }
}

std::string mutate(std::string_view input, Choices& choices) {
  return mutate_safetensors(input, choices);
}

}  // namespace sonograd::fuzz
