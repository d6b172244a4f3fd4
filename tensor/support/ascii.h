// Letters of ASCII in text of any encoding.
#pragma once

#include <string>
#include <string_view>

namespace sonograd {

/// `text` with the letters A to Z as small ones, in every locale; other bytes stay.
inline std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

}  // namespace sonograd
