// Output of the binary: data to stdout, where every failure is an error, and remarks to stderr, where failures are
// ignored.
#pragma once

#include <fmt/format.h>
#include <string_view>
#include <type_traits>

#include "tensor/support/utf8.h"

namespace sonograd::app {

/// Keeps a standard stream that was closed by the caller from lending its number to the next file that is
/// opened, which would then receive the messages. Call first.
void reserve_standard_streams();

/// Throws IoError, here and in `flush_data`, when stdout does not take it all.
void write_data(std::string_view text);
/// Writes all buffered data to stdout.
void flush_data();

/// Drops what is printed on the C streams `stdout` and `stderr`, which is what libraries do: libsndfile about damaged
/// files of some formats, mpg123 below it about every broken frame of an mp3. Neither has a switch for it; glibc lets a
/// program exchange the streams. The functions here, std::cout and std::cerr are not affected.
void silence_libraries();

/// To stderr. A terminal that is gone or a full disk behind stderr does not stop the work.
void write_remark(std::string_view text) noexcept;

/// Text is made printable, so that no name or message of a file reaches the terminal as a command to it.
template <class T>
decltype(auto) shown(const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return to_printable(value);
  } else {
    return value;
  }
}

template <class... Args>
void print_data(fmt::format_string<Args...> format, Args&&... args) {
  write_data(fmt::format(format, std::forward<Args>(args)...));
}

/// The path of a file that was written, on a line of its own: its bytes, or `to_printable` when stdout is a terminal.
void print_path(std::string_view path);

/// Arguments that are text are `shown`.
template <class... Args>
void print_remark(fmt::format_string<Args...> format, const Args&... args) {
  write_remark(fmt::format(fmt::runtime(format), shown(args)...));
}

}  // namespace sonograd::app
