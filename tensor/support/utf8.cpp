#include "tensor/support/utf8.h"

#include <cstddef>

#include "tensor/support/error.h"

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

/// Code point of a well-formed character.
unsigned code_point(std::string_view character) {
  constexpr unsigned kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  unsigned point = static_cast<unsigned char>(character[0]) & kLeadBits[character.size()];
  for (const char c : character.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3F);
  return point;
}

/// Moves the cursor, changes how other characters are shown, ends a line, or is not seen. The joiners U+200C and U+200D, which
/// spelling and emoji need, stay.
bool is_hidden(unsigned point) {
  const auto between = [&](unsigned low, unsigned high) { return point >= low && point <= high; };
  return point < 0x20 || between(0x7F, 0x9F) || point == 0xAD || point == 0x61C || point == 0x180E ||
         point == 0x200B || between(0x200E, 0x200F) || between(0x2028, 0x202E) || between(0x2060, 0x206F) ||
         point == 0xFEFF || between(0xFFF9, 0xFFFB) || between(0xE0000, 0xE007F);
}

std::string escaped_byte(unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

std::string escaped_bytes(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += escaped_byte(static_cast<unsigned char>(c));
  return text;
}

std::string escaped(unsigned point) {
  switch (point) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  if (point < 0x80) return escaped_byte(static_cast<unsigned char>(point));
  const auto digits = [](unsigned byte) { return escaped_byte(static_cast<unsigned char>(byte)).substr(2); };
  const std::string low = digits(point >> 8) + digits(point & 0xFF);
  return point > 0xFFFF ? "\\U00" + digits(point >> 16) + low : "\\u" + low;
}

}  // namespace

std::string to_printable(std::string_view bytes, std::size_t most) {
  std::string text;
  const std::size_t size = bytes.size();
  while (!bytes.empty()) {
    const auto [length, well_formed] = first_sequence(bytes);
    const std::string_view part = bytes.substr(0, length);
    if (size > most && text.size() + length > most) return concat(text, "\u2026 (", size, " bytes)");
    const bool stays = well_formed && !is_hidden(code_point(part));
    text += stays ? std::string(part) : well_formed ? escaped(code_point(part)) : escaped_bytes(part);
    bytes.remove_prefix(length);
  }
  return text;
}

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
