// Entry point of libFuzzer.
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sonograd::fuzz::InputFile input;
  input.set({data, size});
  try {
    sonograd::fuzz::fuzz(input.path());
  } catch (const sonograd::Error&) {
  }
  return 0;
}
