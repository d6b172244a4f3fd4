#include "app/terminal/window.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace sonograd::app {
namespace {

bool begins_character(char c) {
  return (c & 0xC0) != 0x80;
}

}  // namespace

std::optional<std::size_t> terminal_columns(int stream) {
  constexpr std::size_t kUsual = 80;
  if (isatty(stream) != 1) return std::nullopt;
  winsize window = {};
  const bool is_known = ioctl(stream, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
  return is_known ? window.ws_col : kUsual;
}

bool takes_escapes(int stream) {
  const char* const term = std::getenv("TERM");
  return isatty(stream) == 1 && term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string cut_to_width(const std::string& text, std::size_t columns) {
  if (width_of(text) <= columns) return text;
  std::size_t characters = 0, at = 0;
  for (; at < text.size(); ++at)
    if (begins_character(text[at]) && ++characters == columns) break;
  return text.substr(0, at) + "…";
}

}  // namespace sonograd::app
