// Networks whose published weights are recognised although this program cannot run them.
#pragma once

#include <string>

#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// The network to which the tensors belong by their names, as "musicnn (Pons and Serra 2019)"; empty: none that is known, or one that
/// this build has.
std::string network_known_by_name(const io::NamedTensors& weights);

}  // namespace sonograd::models
