// Size and cost of a network, layer by layer: `sonograd models`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/core/architecture.h"

namespace sonograd::layers {
class Trace;
}

namespace sonograd::models {

struct LayerSummary {
  std::string name, op;
  Shape output;  ///< without the batch axis
  std::int64_t parameters = 0;
  double macs = 0;  ///< multiply-accumulates of one example
};

struct NetworkSummary {
  std::int64_t parameters = 0;  ///< trainable
  double macs = 0;              ///< multiply-accumulates of one example
  Input input{};
  std::vector<LayerSummary> layers;
  std::vector<OutputInfo> outputs;
};

/// Summary of a network whose layers were traced in a forward pass.
NetworkSummary summary_of(const Network& network, const layers::Trace& trace);

/// Summary of the network with these options, from a forward pass of one example that runs no kernel. Throws
/// ConfigError as make_checked_network does.
NetworkSummary summarise(const Architecture& architecture, const OptionValues& options = {},
                         std::int64_t labels = 50);

}  // namespace sonograd::models
