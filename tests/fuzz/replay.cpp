// In place of libFuzzer: gives the files of a corpus, and each of them cut short at several places, to the target.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int, char** arguments) {
  constexpr std::size_t kPlaces = 32;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    std::printf("%s\n", entry.path().c_str());
    std::fflush(stdout);
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator(file), {}};
    for (std::size_t place = 0; place <= kPlaces; ++place) {
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                             bytes.size() * place / kPlaces);
    }
    ++files;
  }
  return files > 0 ? 0 : 1;
}
