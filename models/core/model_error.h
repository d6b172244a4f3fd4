// Errors of models and weight files.
#pragma once

#include "tensor/support/error.h"

namespace sonograd::models {

/// A file that is not a model file, weights that do not fit, a model that does not fit the data.
class ModelError : public FormatError {
 public:
  using FormatError::FormatError;
};

/// Weights that do not contain options of their network, which the caller has not stated either.
class UnstatedOptions : public ConfigError {
 public:
  using ConfigError::ConfigError;
};

}  // namespace sonograd::models
