// Text files as other programs write them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd {

/// The whole file as bytes; `-` is standard input. Throws ReadError when it cannot be read.
std::string read_text_file(const std::filesystem::path& file);

/// The lines of `text` without a leading byte order mark and without their LF or CRLF; views into `text`.
std::vector<std::string_view> text_lines(std::string_view text);

/// `text` without ASCII blanks at either end.
std::string_view trim(std::string_view text);

/// Insertions, deletions and substitutions that turn one word into the other (Levenshtein 1966).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "a, b, c and 4 more": the first `most` >= 1 of the names.
std::string listed(std::span<const std::string> names, std::size_t most = 5);

/// Whether `text` is well-formed UTF-8 without NUL.
bool is_utf8_text(std::string_view text);

}  // namespace sonograd
