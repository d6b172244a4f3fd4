// A network as the blocks of its picture: equal layers in a row once, layers beside each other as one group.
#pragma once

#include <string>
#include <vector>

#include "models/core/network_graph.h"

namespace sonograd::train {

/// One layer, or several equal ones behind one another.
struct NetworkBlock {
  std::string name;  ///< "layer1", "layer5 to layer9"; empty for an operation between layers
  std::string op;    ///< operations behind the layer included
  Shape first_output, output;
  std::int64_t count = 1;
  std::int64_t parameters = 0;  ///< all of them together
  double macs = 0;              ///< likewise
};

/// A place of the picture: a block, or blocks side by side, with the same inputs and the same users.
struct NetworkRow {
  enum class Kind { input, layers, operation };

  Kind kind = Kind::input;
  std::vector<NetworkBlock> blocks;
  std::vector<std::size_t> inputs;  ///< rows above this one
};

/// Rows from the input to the logits.
std::vector<NetworkRow> network_rows(const models::NetworkGraph& graph);

}  // namespace sonograd::train
