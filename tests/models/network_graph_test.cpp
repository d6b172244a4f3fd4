// The graph of a network: every layer once, with the values that it is computed from.
#include "models/core/network_graph.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace sonograd::models {
namespace {

class Graphs : public testing::TestWithParam<std::string> {
 protected:
  NetworkGraph graph = graph_of(find_architecture(GetParam()));
};

TEST_P(Graphs, HasEveryLayerOnce) {
  std::vector<std::string> names;
  std::int64_t parameters = 0;
  double macs = 0;
  for (const GraphNode& node : graph.nodes) {
    parameters += node.layer.parameters;
    macs += node.layer.macs;
    if (node.kind == GraphNode::Kind::layer) names.push_back(node.layer.name);
  }
  EXPECT_EQ(parameters, graph.summary.parameters);
  EXPECT_DOUBLE_EQ(macs, graph.summary.macs);
  std::vector<std::string> layers;
  for (const LayerSummary& layer : graph.summary.layers) layers.push_back(layer.name);
  EXPECT_EQ(names, layers);
}

TEST_P(Graphs, LeadsFromTheInputToTheLogits) {
  ASSERT_GE(graph.nodes.size(), 3u);
  EXPECT_EQ(graph.nodes.front().kind, GraphNode::Kind::input);
  EXPECT_TRUE(graph.nodes.front().inputs.empty());
  EXPECT_EQ(graph.nodes.front().layer.output, Shape{graph.summary.input.samples});
  EXPECT_EQ(graph.nodes.back().layer.output, Shape{50});
  std::vector<bool> is_used(graph.nodes.size());
  for (std::size_t i = 1; i < graph.nodes.size(); ++i) {
    EXPECT_FALSE(graph.nodes[i].inputs.empty())
        << graph.nodes[i].layer.name << ' ' << graph.nodes[i].layer.op;
    for (const std::size_t input : graph.nodes[i].inputs) {
      ASSERT_LT(input, i);
      is_used[input] = true;
    }
  }
  EXPECT_EQ(std::ranges::count(is_used, false), 1) << "all but the logits are used";
}

TEST_P(Graphs, HasTheSummaryOfTheNetwork) {
  const NetworkSummary summary = summarise(find_architecture(GetParam()));
  EXPECT_EQ(graph.summary.parameters, summary.parameters);
  EXPECT_DOUBLE_EQ(graph.summary.macs, summary.macs);
  ASSERT_EQ(graph.summary.layers.size(), summary.layers.size());
  for (std::size_t i = 0; i < summary.layers.size(); ++i) {
    EXPECT_EQ(graph.summary.layers[i].name, summary.layers[i].name);
    EXPECT_EQ(graph.summary.layers[i].op, summary.layers[i].op);
    EXPECT_EQ(graph.summary.layers[i].output, summary.layers[i].output);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Graphs, testing::ValuesIn(architecture_names()),
                         [](const auto& each) { return each.param; });

const GraphNode& node_called(const NetworkGraph& graph, std::string_view name) {
  return *std::ranges::find_if(graph.nodes, [&](const GraphNode& node) { return node.layer.name == name; });
}

TEST(NetworkGraph, HasTheBranchesAndShortcutsOfMusicnn) {
  const NetworkGraph graph = graph_of(find_architecture("musicnn"));
  const auto input_of = [&](std::string_view name) -> const GraphNode& {
    const GraphNode& node = node_called(graph, name);
    EXPECT_EQ(node.inputs.size(), 1u) << name;
    return graph.nodes[node.inputs.front()];
  };
  for (const char* const tall : {"layers.0", "layers.1"}) EXPECT_EQ(input_of(tall).layer.name, "spec_bn");
  for (const char* const over_time : {"layers.2", "layers.3", "layers.4"})
    EXPECT_EQ(input_of(over_time).layer.op, "mean");
  EXPECT_EQ(input_of("layer1").layer.op, "concat");
  EXPECT_EQ(input_of("layer2").layer.name, "layer1");
  const GraphNode& sum = input_of("layer3");
  EXPECT_EQ(sum.layer.op, "add");
  ASSERT_EQ(sum.inputs.size(), 2u);
  EXPECT_EQ(graph.nodes[sum.inputs[0]].layer.name, "layer1");
  EXPECT_EQ(graph.nodes[sum.inputs[1]].layer.name, "layer2");
}

TEST(NetworkGraph, HasTheNetworkOfItsOptions) {
  const Architecture combined = find_architecture("combined");
  const NetworkGraph graph =
      graph_of(combined, {{"front", std::string("harmonic")}, {"back", std::string("residual")}}, 7);
  EXPECT_EQ(graph.nodes[1].layer.name, "front.hstft");
  EXPECT_EQ(graph.nodes[3].layer.op, "residual block, 3 conv2d 3x3");
  EXPECT_EQ(graph.nodes.back().layer.output, Shape{7});
  EXPECT_THROW(graph_of(combined, {{"depth", std::int64_t{3}}}), ConfigError);
}

}  // namespace
}  // namespace sonograd::models
