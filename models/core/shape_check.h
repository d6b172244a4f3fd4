// Extents of a network for its own chunks, checked before it computes anything.
#pragma once

#include <memory>

#include "models/core/architecture.h"

namespace sonograd::models {

/// `architecture.make_network(options, labels)`, in which the errors of extents are ConfigErrors as of check_shapes.
std::unique_ptr<Network> make_sized_network(const Architecture& architecture, const OptionValues& options,
                                            std::int64_t labels);

/// The same for a network that can take its own chunks. Throws ConfigError as check_shapes, too.
std::unique_ptr<Network> make_checked_network(const Architecture& architecture, const OptionValues& options,
                                              std::int64_t labels);

/// Throws ConfigError when `network`, which `architecture` made from `options`, cannot take a chunk of its own length, and when
/// one chunk gives a layer more than kMostLayerValues. The message names the options that decide it, with the nearest value
/// that is possible; then the network, the layer and its input. Runs a forward pass in which no kernel runs; the state of
/// the network stays as it is.
void check_shapes(const Architecture& architecture, const OptionValues& options, Network& network);

}  // namespace sonograd::models
