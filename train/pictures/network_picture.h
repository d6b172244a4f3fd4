// A network as a drawing: its blocks from the input to the logits, with extents, parameters and multiply-accumulates.
#pragma once

#include <string>

#include "models/core/network_graph.h"

namespace sonograd::train {

/// An SVG file, 664 units wide and 16 more for every connection that passes blocks by. Its colours follow the light or dark
/// setting of the reader. `options`: those that differ from the defaults, as text; empty: none.
std::string draw_network(const std::string& name, const models::NetworkGraph& graph,
                         const std::vector<std::string>& options);

/// "2,154,316,928".
std::string grouped_digits(std::int64_t number);
/// "2.15 G", "768", "74.1 k": three digits.
std::string short_count(double number);
/// "19,683 × 128".
std::string extents_text(const Shape& shape);

}  // namespace sonograd::train
