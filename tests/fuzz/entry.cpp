// Entry point of libFuzzer.
#include <algorithm>

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

#if SONOGRAD_LIBFUZZER
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

// Every fourth variation is one of libFuzzer, which learns from coverage.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  if (seed % 4 == 0) return LLVMFuzzerMutate(data, size, most);
  sonograd::fuzz::Choices choices(seed);
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string changed = sonograd::fuzz::mutate(input, choices);
  const std::size_t length = std::min(changed.size(), most);
  std::copy_n(changed.begin(), length, data);
  return length;
}
#endif
