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

/// Drops what is printed on the C streams `stdout` and `stderr`, which is what libraries do: libsndfile about damaged
/// files of some formats, mpg123 below it about every broken frame of an mp3. Neither can be asked not to; glibc lets a
/// program exchange the streams. The functions here, std::cout and std::cerr go on as before.
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
