// The choices of `--kernels fastest`, kept from one process to the next in a file of lines `KEY<tab>VARIANT`.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "kernels/core/fastest.h"

namespace sonograd::train {

/// `machine` names, in one line, the processor and the build that the choices are for. None if there is no file, or one of another machine. Throws FormatError, naming the line, for a damaged file and IoError for one that cannot be read.
std::vector<kernels::FastestChoice> read_kernel_choices(const std::filesystem::path& file,
                                                        std::string_view machine);

/// Replaces the file; makes its folder. Throws IoError.
void write_kernel_choices(const std::filesystem::path& file, std::string_view machine,
                          const std::vector<kernels::FastestChoice>& choices);

}  // namespace sonograd::train
