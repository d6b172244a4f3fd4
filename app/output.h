// What the binary writes: data to stdout, of which nothing may get lost unnoticed, and remarks to stderr,
// which nobody has to listen to.
#pragma once

#include <fmt/format.h>
#include <string_view>

namespace sonograd::app {

/// Keeps a standard stream that was closed by the caller from lending its number to the next file that is
/// opened, which would then receive the messages. Call first.
void reserve_standard_streams();

/// Throws IoError, here and in `flush_data`, when stdout does not take it all.
void write_data(std::string_view text);
/// Hands everything that was written to whoever reads stdout.
void flush_data();

/// Drops what libraries print on the C stream `stderr`: mpg123, which decodes for libsndfile, has a line for every
/// broken frame of an mp3, and libsndfile offers no way to ask for silence. glibc lets a program exchange the stream;
/// our remarks, std::cerr and sanitizers do not use it.
void silence_libraries();

/// To stderr. A terminal that is gone or a full disk behind stderr does not stop the work.
void write_remark(std::string_view text) noexcept;

template <class... Args>
void print_data(fmt::format_string<Args...> format, Args&&... args) {
  write_data(fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void print_remark(fmt::format_string<Args...> format, Args&&... args) {
  write_remark(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace sonograd::app
