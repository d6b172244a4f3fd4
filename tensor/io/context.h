// Says in which file, and in which part of it, a format error lies.
#pragma once

#include <string>

#include "tensor/support/error.h"

namespace sonograd::io {

/// Runs `read`. A FormatError leaves with `where` in front of its message; so does a ShapeError, as
/// FormatError, because the extents came from the file.
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
