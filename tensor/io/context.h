// The file, and the part of it, in the message of a format error.
#pragma once

#include <string>

#include "tensor/support/error.h"

namespace sonograd::io {

/// Runs `read`. Puts `where` in front of the message of a FormatError; a ShapeError becomes a FormatError,
/// likewise, because the extents came from the file.
template <class Read>
decltype(auto) within(const std::string& where, Read&& read) {
  try {
    return read();
  } catch (const FormatError& error) {
    throw FormatError(concat(where, ": ", error.what()));
  } catch (const ShapeError& error) {
    throw FormatError(concat(where, ": ", error.what()));
  }
}

}  // namespace sonograd::io
