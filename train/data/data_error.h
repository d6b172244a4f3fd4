// A data set that cannot be used: the message names file, line and column where they are known.
#pragma once

#include "tensor/support/error.h"

namespace sonograd::train {

class DataError : public FormatError {
 public:
  using FormatError::FormatError;
};

}  // namespace sonograd::train
