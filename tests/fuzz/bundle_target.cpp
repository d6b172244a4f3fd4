// Indexes of TensorFlow's checkpoint bundles; every data file has the same bytes.
#include <array>

#include "tensor/io/input_file.h"
#include "tensor/io/tensorflow_bundle.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  const io::FileBytes index{io::InputFile(file)};
  static constexpr std::array<std::byte, 20000> kData{};
  io::read_tensorflow_bundle("input", [&](const std::string& name) {
    return name.ends_with(".index") ? index.bytes() : std::span<const std::byte>(kData);
  });
}

std::string mutate(std::string_view input, Choices& choices) {
  return mutate_table(input, choices);
}

}  // namespace sonograd::fuzz
