// An input that is missing or may not be read.
#pragma once

#include "tensor/support/error.h"

namespace sonograd::io {

/// The operating system refused to give a file that was asked for. Any other IoError is about output.
class ReadError : public IoError {
 public:
  using IoError::IoError;
};

}  // namespace sonograd::io
