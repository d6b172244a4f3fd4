#include "models/core/network_graph.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "autograd/tape.h"
#include "kernels/core/explain.h"
#include "layers/init.h"
#include "layers/trace.h"
#include "models/core/shape_check.h"

namespace sonograd::models {
namespace {

using layers::TracedLayer;

// Operations whose result has the values of their input. Another operation before them gets their extents.
constexpr std::string_view kSameValues[] = {"reshape", "permute", "convert"};

// Node of the layer, apart from its inputs.
GraphNode layer_node(const TracedLayer& layer) {
  return {.kind = GraphNode::Kind::layer,
          .layer = {.name = layer.module->path(),
                    .op = layer.op,
                    .output = layer.output,
                    .parameters = layer.module->parameter_count(),
                    .macs = layer.macs},
          .inputs = {}};
}

Shape without_batch(const Shape& shape) {
  return Shape(std::span(shape.begin(), shape.end()).subspan(1));
}

/// Values that `root` was computed from, and `root`, from the oldest to the youngest; without leaves.
std::vector<const GradientSlot*> recorded_values(const GradientSlot* root) {
  std::set<const GradientSlot*> seen = {root};
  std::vector<const GradientSlot*> values, open = {root};
  while (!open.empty()) {
    const GradientSlot* const value = open.back();
    open.pop_back();
    if (value->producer == nullptr) continue;
    values.push_back(value);
    for (const auto& input : value->producer->inputs) {
      if (input != nullptr && seen.insert(input.get()).second) open.push_back(input.get());
    }
  }
  std::ranges::sort(values, {}, [](const GradientSlot* value) { return value->producer->sequence; });
  return values;
}

class GraphBuilder {
 public:
  GraphBuilder(std::vector<GraphNode>& nodes, std::span<const TracedLayer> layers)
      : nodes_(nodes), layers_(layers) {}

  /// `value` is that of the node that was added last.
  void name(const GradientSlot* value) { node_of_[value] = nodes_.size() - 1; }

  void add(const GradientSlot* value) {
    const Node& op = *value->producer;
    const auto layer = std::ranges::find_if(layers_, [&](const TracedLayer& each) {
      return op.sequence >= each.first_op && op.sequence < each.end_op;
    });
    if (layer == layers_.end()) return add_operation(value);
    if (layer->value.get() != value) return;  // inside of a layer
    GraphNode node = layer_node(*layer);
    node.inputs = inputs_of(value, *layer);
    append(std::move(node), value);
  }

 private:
  void append(GraphNode node, const GradientSlot* value) {
    std::ranges::sort(node.inputs);
    node.inputs.erase(std::ranges::unique(node.inputs).begin(), node.inputs.end());
    nodes_.push_back(std::move(node));
    name(value);
  }

  void add_operation(const GradientSlot* value) {
    GraphNode node{.kind = GraphNode::Kind::operation,
                   .layer = {.name = "",
                             .op = std::string(value->producer->name),
                             .output = without_batch(value->shape),
                             .parameters = 0,
                             .macs = 0},
                   .inputs = {}};
    for (const auto& input : value->producer->inputs) {
      const auto found = node_of_.find(input.get());
      if (found != node_of_.end()) node.inputs.push_back(found->second);
    }
    if (node.inputs.size() == 1 && std::ranges::find(kSameValues, node.layer.op) != std::end(kSameValues)) {
      const std::size_t same = node.inputs.front();
      node_of_[value] = same;
      if (nodes_[same].kind == GraphNode::Kind::operation) nodes_[same].layer.output = node.layer.output;
      return;
    }
    append(std::move(node), value);
  }

  // Nodes outside of the layer that its value depends on, each value inside of it once: a step of a recurrent layer is reached on
  // several paths. Parameters are no nodes.
  std::vector<std::size_t> inputs_of(const GradientSlot* value, const TracedLayer& layer) const {
    std::vector<std::size_t> inputs;
    std::set<const GradientSlot*> seen = {value};
    std::vector<const GradientSlot*> open = {value};
    while (!open.empty()) {
      const Node& op = *open.back()->producer;
      open.pop_back();
      for (const auto& input : op.inputs) {
        if (input == nullptr || !seen.insert(input.get()).second) continue;
        const Node* const before = input->producer.get();
        const auto found = node_of_.find(input.get());
        if (before != nullptr && before->sequence >= layer.first_op && before->sequence < layer.end_op) {
          open.push_back(input.get());
        } else if (found != node_of_.end()) {
          inputs.push_back(found->second);
        }
      }
    }
    return inputs;
  }

  std::vector<GraphNode>& nodes_;
  std::span<const TracedLayer> layers_;
  std::map<const GradientSlot*, std::size_t> node_of_;
};

}  // namespace

NetworkGraph graph_of(const Architecture& architecture, const OptionValues& options, std::int64_t labels) {
  const layers::UninitializedScope extents_only;
  const std::unique_ptr<Network> network = make_checked_network(architecture, options, labels);
  network->train(false);
  const kernels::ExplainScope nothing_is_computed;
  const layers::Trace trace;
  const Variable features(network->features(Tensor::zeros({1, network->input().samples})), true);
  const std::size_t front = trace.layers().size();
  const Variable logits = network->logits(features);

  NetworkGraph graph{summary_of(*network, trace), {}};
  graph.nodes.push_back({.kind = GraphNode::Kind::input,
                         .layer = {.name = "", .op = "waveform", .output = {network->input().samples}},
                         .inputs = {}});
  const std::span<const TracedLayer> layers = trace.layers();
  for (const TracedLayer& layer : layers.first(front)) {
    graph.nodes.push_back(layer_node(layer));
    graph.nodes.back().inputs = {graph.nodes.size() - 2};
  }
  GraphBuilder builder(graph.nodes, layers.subspan(front));
  builder.name(features.slot().get());
  for (const GradientSlot* value : recorded_values(logits.slot().get())) builder.add(value);
  return graph;
}

}  // namespace sonograd::models
