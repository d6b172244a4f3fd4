// Errors of models and weight files.
#pragma once

#include "tensor/support/error.h"

namespace sonograd::models {

/// A file that is not a model file, weights that do not fit, a model that does not fit the data.
class ModelError : public FormatError {
 public:
  using FormatError::FormatError;
};

}  // namespace sonograd::models
