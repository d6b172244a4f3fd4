// The terminal behind a standard stream.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace sonograd::app {

/// Width of the terminal behind a stream (STDOUT_FILENO, STDERR_FILENO), 80 where it is unknown; nothing for files and pipes.
std::optional<std::size_t> terminal_columns(int stream);

/// True for a terminal that follows escape sequences: TERM is set and is not `dumb`.
bool takes_escapes(int stream);

/// Number of characters of UTF-8 text.
std::size_t width_of(const std::string& text);

/// `text` in at most `columns` >= 1 characters; the last one is … when it was longer.
std::string cut_to_width(const std::string& text, std::size_t columns);

}  // namespace sonograd::app
