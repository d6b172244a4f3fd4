// File names and table cells as text for JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sonograd {

/// `bytes` with every ill-formed UTF-8 sequence replaced by U+FFFD, one for each maximal part that could have
/// begun a character (Unicode 15, §3.9, "substitution of maximal subparts"). Well-formed text is returned as
/// it is.
std::string to_utf8_lossy(std::string_view bytes);

/// Longest text that `to_printable` passes on whole, in bytes.
inline constexpr std::size_t kMostPrinted = 4000;

/// `bytes` for a terminal, on one line: control characters (C0, C1, DEL), separators of lines and paragraphs, marks that
/// turn the direction of text and characters that are not seen as \n, \x1b, \u202e or \U000e0041, bytes that are no UTF-8 as
/// \xNN. What is longer than `most` bytes is cut and ends with its length.
std::string to_printable(std::string_view bytes, std::size_t most = kMostPrinted);

/// True when `text` is well-formed UTF-8 without NUL.
bool is_utf8_text(std::string_view text);

}  // namespace sonograd
