// Weight files of PyTorch: zip archives and rows of pickles.
#include "tensor/io/pth.h"
#include "tests/fuzz/fuzz_target.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  io::read_pth(file);
}

}  // namespace sonograd::fuzz
