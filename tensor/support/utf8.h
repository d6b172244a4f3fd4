// File names and table cells as text for JSON.
#pragma once

#include <string>
#include <string_view>

namespace sonograd {

/// `bytes` with every ill-formed UTF-8 sequence replaced by U+FFFD, one for each maximal part that could have
/// begun a character (Unicode 15, §3.9, "substitution of maximal subparts"). Well-formed text is returned as
/// it is.
std::string to_utf8_lossy(std::string_view bytes);

/// True when `text` is well-formed UTF-8 without NUL.
bool is_utf8_text(std::string_view text);

}  // namespace sonograd
