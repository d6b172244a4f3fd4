// Text files as other programs write them.
#pragma once

#include <filesystem>
#include <string>

namespace sonograd::io {

/// The whole file as bytes; `-` is standard input. Throws ReadError when it cannot be read.
std::string read_text_file(const std::filesystem::path& file);

}  // namespace sonograd::io
