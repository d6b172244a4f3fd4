// Text files as other programs write them.
#pragma once

#include <filesystem>
#include <string>

namespace sonograd::io {

/// The whole file as bytes; `-` is standard input, up to 1 GiB. Throws ReadError when it cannot be read or is not a regular
/// file: a pipe or a device may never end.
std::string read_text_file(const std::filesystem::path& file);

}  // namespace sonograd::io
