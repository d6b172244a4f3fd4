// Archives of NumPy.
#include "tensor/io/npz.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  io::read_npz(file);
}

std::string mutate(std::string_view input, Choices& choices) {
  return mutate_npz(input, choices);
}

}  // namespace sonograd::fuzz
