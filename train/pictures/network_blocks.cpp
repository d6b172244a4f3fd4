#include "train/pictures/network_blocks.h"

#include <algorithm>
#include <optional>

#include "tensor/support/error.h"

namespace sonograd::train {
namespace {

using models::GraphNode;
using Indices = std::vector<std::size_t>;

/// A row that is being put together: links are indices of other drafts.
struct RowDraft {
  NetworkRow row;
  Indices inputs, users;
  bool is_merged = false;  ///< it has become part of another one
};

NetworkRow::Kind row_kind(const GraphNode& node) {
  switch (node.kind) {
    case GraphNode::Kind::input:
      return NetworkRow::Kind::input;
    case GraphNode::Kind::layer:
      return NetworkRow::Kind::layers;
    case GraphNode::Kind::operation:
      break;
  }
  return NetworkRow::Kind::operation;
}

std::vector<RowDraft> drafts_of(const std::vector<GraphNode>& nodes) {
  std::vector<RowDraft> drafts;
  for (const GraphNode& node : nodes) {
    const models::LayerSummary& layer = node.layer;
    drafts.push_back({.row = {.kind = row_kind(node),
                              .blocks = {{.name = layer.name,
                                          .op = layer.op,
                                          .first_output = layer.output,
                                          .output = layer.output,
                                          .parameters = layer.parameters,
                                          .macs = layer.macs}},
                              .inputs = {}},
                      .inputs = node.inputs,
                      .users = {}});
    for (const std::size_t input : node.inputs) drafts[input].users.push_back(drafts.size() - 1);
  }
  return drafts;
}

void replace_link(Indices& links, std::size_t from, std::size_t to) {
  std::ranges::replace(links, from, to);
  std::ranges::sort(links);
  links.erase(std::ranges::unique(links).begin(), links.end());
}

/// Makes `from`, whose blocks are in `into` by now, a part of it.
void merge(std::vector<RowDraft>& drafts, std::size_t into, std::size_t from) {
  RowDraft& source = drafts[from];
  source.is_merged = true;
  for (const std::size_t user : source.users) {
    replace_link(drafts[user].inputs, from, into);
    drafts[into].users.push_back(user);
  }
  std::erase(drafts[into].users, from);
  for (const std::size_t input : source.inputs) {
    if (input != into) replace_link(drafts[input].users, from, into);
  }
  replace_link(drafts[into].users, into, into);
}

/// The only input of a draft that is the only user of it.
std::optional<std::size_t> only_source(const std::vector<RowDraft>& drafts, std::size_t i) {
  if (drafts[i].inputs.size() != 1) return std::nullopt;
  const std::size_t source = drafts[i].inputs.front();
  if (drafts[source].users.size() != 1) return std::nullopt;
  return source;
}

// "layer5", "layer6" -> "layer5 to layer6".
std::string range_name(const std::string& first, const std::string& last) {
  return concat(first.substr(0, first.find(" to ")), " to ", last);
}

bool is_same_layer(const NetworkBlock& before, const NetworkBlock& after) {
  return before.op == after.op && before.parameters == after.parameters * before.count &&
         before.output.rank() == after.output.rank() && before.output[-1] == after.output[-1];
}

// An operation with one input becomes a part of the layer that it follows: "linear, relu".
void append_operations(std::vector<RowDraft>& drafts) {
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (drafts[i].row.kind != NetworkRow::Kind::operation) continue;
    const auto source = only_source(drafts, i);
    if (!source || drafts[*source].row.kind != NetworkRow::Kind::layers) continue;
    NetworkBlock& block = drafts[*source].row.blocks.front();
    if (block.count > 1) continue;  // it would look like a part of each of them
    const NetworkBlock& operation = drafts[i].row.blocks.front();
    block.op += concat(", ", operation.op);
    block.first_output = block.output = operation.output;
    merge(drafts, *source, i);
  }
}

// Layers with the same operation and as many parameters behind one another become one block. Their extents of time and
// frequency may differ.
void join_repeats(std::vector<RowDraft>& drafts) {
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (drafts[i].is_merged || drafts[i].row.kind != NetworkRow::Kind::layers) continue;
    const auto source = only_source(drafts, i);
    if (!source || drafts[*source].row.kind != NetworkRow::Kind::layers) continue;
    NetworkBlock& block = drafts[*source].row.blocks.front();
    const NetworkBlock& next = drafts[i].row.blocks.front();
    if (!is_same_layer(block, next)) continue;
    block.name = range_name(block.name, next.name);
    block.output = next.output;
    block.count += 1;
    block.parameters += next.parameters;
    block.macs += next.macs;
    merge(drafts, *source, i);
  }
}

// Layers with the same inputs and the same users become one row.
void group_branches(std::vector<RowDraft>& drafts) {
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (drafts[i].is_merged || drafts[i].row.kind != NetworkRow::Kind::layers) continue;
    for (std::size_t k = i + 1; k < drafts.size(); ++k) {
      const RowDraft& other = drafts[k];
      if (other.is_merged || other.row.kind != NetworkRow::Kind::layers || other.inputs != drafts[i].inputs ||
          other.users != drafts[i].users)
        continue;
      drafts[i].row.blocks.push_back(other.row.blocks.front());
      for (const std::size_t user : other.users) std::erase(drafts[user].inputs, k);
      for (const std::size_t input : other.inputs) std::erase(drafts[input].users, k);
      drafts[k].is_merged = true;
    }
  }
}

/// Drafts in an order in which each follows its inputs, and directly behind one of them where that is possible.
Indices drawing_order(const std::vector<RowDraft>& drafts) {
  Indices order;
  std::vector<bool> is_placed(drafts.size());
  const auto can_follow = [&](std::size_t i, std::optional<std::size_t> last) {
    if (is_placed[i] || drafts[i].is_merged) return false;
    const Indices& inputs = drafts[i].inputs;
    if (last && std::ranges::find(inputs, *last) == inputs.end()) return false;
    return std::ranges::all_of(inputs, [&](std::size_t input) { return is_placed[input]; });
  };
  const auto first_that_follows = [&](std::optional<std::size_t> last) {
    std::size_t i = 0;
    while (i < drafts.size() && !can_follow(i, last)) ++i;
    return i;
  };
  for (std::size_t i = first_that_follows(std::nullopt); i < drafts.size();) {
    order.push_back(i);
    is_placed[i] = true;
    const std::size_t next = first_that_follows(i);
    i = next < drafts.size() ? next : first_that_follows(std::nullopt);
  }
  return order;
}

}  // namespace

std::vector<NetworkRow> network_rows(const models::NetworkGraph& graph) {
  std::vector<RowDraft> drafts = drafts_of(graph.nodes);
  join_repeats(drafts);
  append_operations(drafts);
  group_branches(drafts);
  std::vector<NetworkRow> rows;
  std::vector<std::size_t> row_of(drafts.size());
  for (const std::size_t i : drawing_order(drafts)) {
    row_of[i] = rows.size();
    for (const std::size_t input : drafts[i].inputs) drafts[i].row.inputs.push_back(row_of[input]);
    rows.push_back(std::move(drafts[i].row));
  }
  return rows;
}

}  // namespace sonograd::train
