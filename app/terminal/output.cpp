#include "app/terminal/output.h"

#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

#include "tensor/io/file_descriptor.h"

namespace sonograd::app {
namespace {

/// Stream of the data; `silence_libraries` replaces `stdout`.
std::FILE* const data = stdout;

}  // namespace

void reserve_standard_streams() {
  int number = 0;
  do {
    number = open("/dev/null", O_RDONLY);
  } while (number >= 0 && number <= STDERR_FILENO);
  if (number >= 0) close(number);
}

void write_data(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), data) != text.size())
    throw io::system_error("standard output", "cannot write");
}

void print_path(std::string_view path) {
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  print_data("{}\n", is_terminal ? to_printable(path, std::string_view::npos) : std::string(path));
}

void flush_data() {
  if (std::fflush(data) != 0) throw io::system_error("standard output", "cannot write");
}

void silence_libraries() {
  if (std::FILE* const sink = std::fopen("/dev/null", "w")) stdout = stderr = sink;
}

void write_remark(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace sonograd::app
