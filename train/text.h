// Text files as other programs write them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::train {

/// The whole file as bytes. Throws IoError when it cannot be read.
std::string read_text_file(const std::filesystem::path& file);

/// The lines of `text` without a leading byte order mark and without their LF or CRLF; views into `text`.
std::vector<std::string_view> text_lines(std::string_view text);

/// `text` without ASCII blanks at either end.
std::string_view trim(std::string_view text);

/// Whether `text` is well-formed UTF-8 without NUL.
bool is_utf8_text(std::string_view text);

}  // namespace sonograd::train
