// The network to which published tensors belong.
#pragma once

#include <vector>

#include "models/core/option.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// An architecture with the sizes that it derives from the tensors.
struct RecognisedNetwork {
  std::string arch;
  OptionValues options;
  std::int64_t labels = 0;
  std::vector<OpenOption> open = {};
};

/// Architectures that the weights fit exactly, with the sizes that they derive from the tensors.
std::vector<RecognisedNetwork> recognise(const io::NamedTensors& weights);

}  // namespace sonograd::models
