// The flow of values through a network, from its input to its logits: `sonograd models NAME --svg` draws it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/core/summary.h"

namespace sonograd::models {

/// One value: the input, the output of a layer of NetworkSummary::layers, or that of an operation between layers.
struct GraphNode {
  enum class Kind : std::uint8_t { input, layer, operation };

  Kind kind = Kind::input;
  LayerSummary layer;               ///< `name` is empty, and sizes are 0, unless it is a layer
  std::vector<std::size_t> inputs;  ///< nodes that it is computed from, each once, all of them before it
};

struct NetworkGraph {
  NetworkSummary summary;
  /// In the order in which they are computed; the first is the input, the last one the logits. Changes of shape and of the
  /// storage type alone, and layers on which the logits do not depend, are left out.
  std::vector<GraphNode> nodes;
};

/// Graph of the network with these options, from the record of a forward pass that runs no kernel. Throws ConfigError as
/// make_checked_network does.
NetworkGraph graph_of(const Architecture& architecture, const OptionValues& options = {},
                      std::int64_t labels = 50);

}  // namespace sonograd::models
