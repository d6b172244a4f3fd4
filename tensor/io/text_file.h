// Text files as other programs write them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>

namespace sonograd::io {

/// The whole file as bytes; `-` is standard input, up to 1 GiB. Throws ReadError when it cannot be read, has more than `max_bytes`,
/// of which no more are read, or is not a regular file: a pipe or a device may never end.
std::string read_text_file(const std::filesystem::path& file,
                           std::size_t max_bytes = std::numeric_limits<std::size_t>::max());

}  // namespace sonograd::io
