#include "tensor/support/utf8.h"

#include <cstddef>

namespace sonograd {
namespace {

struct Sequence {
  std::size_t length;  ///< bytes of the character, or of the ill-formed part
  bool well_formed;
};

/// The character, or the maximal ill-formed part, at the start of `text` (Unicode 15, table 3-7).
Sequence first_sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // Only the second byte has a range of its own: no overlong form, no surrogate, nothing above U+10FFFF.
  unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

}  // namespace

std::string to_utf8_lossy(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto [length, well_formed] = first_sequence(bytes);
    text += well_formed ? bytes.substr(0, length) : "\xEF\xBF\xBD";
    bytes.remove_prefix(length);
  }
  return text;
}

bool is_utf8_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos && to_utf8_lossy(text) == text;
}

}  // namespace sonograd
