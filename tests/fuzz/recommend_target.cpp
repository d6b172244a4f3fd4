// Tables of plays, and the files of their factors.
#include "tensor/io/text_file.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"
#include "train/recommend/factors.h"
#include "train/recommend/plays.h"

namespace sonograd::fuzz {
namespace {

// A file of factors begins with the length of a header; a table does not contain zeros.
bool is_table(std::string_view bytes) {
  return bytes.find('\0') == std::string_view::npos;
}

}  // namespace

void fuzz(const std::filesystem::path& file) {
  if (is_table(io::read_text_file(file))) {
    train::read_plays(file);
  } else {
    train::read_factors(file);
  }
}

std::string mutate(std::string_view input, Choices& choices) {
  return is_table(input) ? mutate_bytes(input, choices) : mutate_safetensors(input, choices);
}

}  // namespace sonograd::fuzz
