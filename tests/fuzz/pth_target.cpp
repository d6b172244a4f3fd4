// Weight files of PyTorch: zip archives and rows of pickles.
#include "tensor/io/pth.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  io::read_pth(file);
}

std::string mutate(std::string_view input, Choices& choices) {
  return mutate_pth(input, choices);
}

}  // namespace sonograd::fuzz
