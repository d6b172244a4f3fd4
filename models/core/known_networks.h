// Networks whose published weights are recognised although this program cannot run them.
#pragma once

#include <optional>
#include <string>

#include "models/core/wrapped_weights.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// The network to which weights that fit none of ours belong by the names of their tensors, as "crnn (Choi et al. 2017)".
/// Empty when none is known, and when `nearest`, the network of this build with the most tensors that fit, has those by which
/// the network is known: then it is the one.
std::string network_beyond_this_build(const io::NamedTensors& weights,
                                      const std::optional<NearNetwork>& nearest);

}  // namespace sonograd::models
