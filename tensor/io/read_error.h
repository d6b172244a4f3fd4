// An input that is missing or may not be read.
#pragma once

#include "tensor/support/error.h"

namespace sonograd::io {

/// The operating system refused to open or read an input file. Any other IoError is about output.
class ReadError : public IoError {
 public:
  using IoError::IoError;
};

}  // namespace sonograd::io
