// Interface of fuzz targets. A target is a file with one `fuzz`, which passes arbitrary bytes to a reader that may refuse
// them with an Error and in no other way, and one `mutate`, which keeps its structure. Built with libFuzzer it searches for bytes
// that break this; built with replay.cpp it reads the files of its corpus and variations of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include "tensor/support/error.h"
#include "tests/fuzz/choices.h"

namespace sonograd::fuzz {

/// Defined by each target.
void fuzz(const std::filesystem::path& file);
/// Defined by each target: a variation of `input`.
std::string mutate(std::string_view input, Choices& choices);

/// A file in memory that holds the input.
class InputFile {
 public:
  InputFile() : number_(memfd_create("input", MFD_CLOEXEC)), path_(concat("/proc/self/fd/", number_)) {}
  ~InputFile() { close(number_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void set(std::span<const std::uint8_t> bytes) {
    if (ftruncate(number_, 0) != 0 || pwrite(number_, bytes.data(), bytes.size(), 0) != std::ssize(bytes))
      throw std::runtime_error("no memory for the input");
  }

 private:
  int number_;
  std::filesystem::path path_;
};

}  // namespace sonograd::fuzz
