// From published tensors to the network that they are the weights of.
#pragma once

#include <vector>

#include "models/core/description.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// An architecture with its options, and how many outputs it has.
struct RecognisedNetwork {
  std::string arch;
  OptionValues options;
  std::int64_t labels = 0;
};

/// Those that the weights fit exactly, with the sizes that the networks derive from the tensors.
std::vector<RecognisedNetwork> recognise(const io::NamedTensors& weights);

}  // namespace sonograd::models
