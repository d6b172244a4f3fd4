#include "autograd/tape.h"

#include <algorithm>
#include <atomic>
#include <queue>
#include <utility>

#include "kernels/copy/copy.h"
#include "kernels/core/profile.h"
#include "kernels/fill/fill.h"
#include "tensor/device/arena.h"

namespace sonograd {
namespace {

thread_local bool no_grad = false;
thread_local const GradientSlot* only_leaf = nullptr;  // of the innermost GradientOf scope
std::atomic<std::uint64_t> next_sequence = 0;

void ensure_memory(GradientSlot& slot) {
  if (slot.gradient.defined()) return;
  if (slot.producer == nullptr) {
    const NoArenaScope outlives_the_step;  // gradients of leaves are read after the step's memory is gone
    slot.gradient = Tensor::empty(slot.shape, slot.dtype, slot.device);
  } else {
    slot.gradient = Tensor::empty(slot.shape, slot.dtype, slot.device);
  }
}

// Destination of the next part of a gradient: the first part replaces the contents, later parts are added.
Out next_part(GradientSlot& slot) {
  ensure_memory(slot);
  return {slot.gradient, std::exchange(slot.filled, true) ? Write::kAdd : Write::kSet};
}

// The seed 1, filled on the device: no copy from the host.
Tensor ones(const Variable& like) {
  const Tensor result = Tensor::empty(like.shape(), like.dtype(), like.device());
  kernels::fill(1, set(result));
  return result;
}

// Throws Error when an earlier `backward` has used the producer of this value.
void check_unused(const GradientSlot& slot) {
  if (slot.used)
    throw Error("[backward] an earlier backward has used this part of the graph; add the roots up first");
}

// Whether a gradient flows to this input: not to a leaf that a GradientOf scope makes a constant.
bool is_tracked(const Variable& input) {
  if (!input.requires_grad()) return false;
  const GradientSlot* const slot = input.slot().get();
  return only_leaf == nullptr || slot == only_leaf || slot->producer != nullptr;
}

struct Younger {
  bool operator()(const GradientSlot* a, const GradientSlot* b) const {
    return a->producer->sequence < b->producer->sequence;
  }
};

}  // namespace

Out GradientTarget::take() const {
  if (slot_ == nullptr) return {};
  if (std::exchange(*taken_, 1) != 0) throw Error("[backward] the gradient of one input was taken twice");
  return next_part(*slot_);
}

std::uint64_t recorded_ops() {
  return next_sequence;
}

bool needs_gradient(std::span<const Variable> inputs) {
  return !no_grad && std::ranges::any_of(inputs, is_tracked);
}

Variable record_node(std::string_view name, std::span<const Variable> inputs, Tensor output,
                     std::shared_ptr<Node> node) {
  node->name = name;
  node->sequence = next_sequence++;
  node->layer = kernels::LayerScope::current();
  node->inputs.reserve(inputs.size());
  for (const Variable& input : inputs) node->inputs.push_back(is_tracked(input) ? input.slot() : nullptr);
  Variable result(std::move(output), true);
  result.slot()->producer = std::move(node);
  return result;
}

void backward(const Variable& root, const Tensor& seed) {
  if (!root.requires_grad())
    throw Error("[backward] the root does not depend on anything that requires a gradient");
  if (seed.defined() ? seed.shape() != root.shape() : root.data().numel() != 1) {
    throw ShapeError(concat("[backward] ", seed.defined() ? "the seed" : "without a seed the root",
                            " has the wrong shape; root ", root.shape(), ", seed ", seed.shape()));
  }
  GradientSlot& start = *root.slot();
  check_unused(start);
  const Tensor first = seed.defined() ? seed : ones(root);
  if (start.producer == nullptr) return kernels::copy(first, next_part(start));
  start.gradient = seed.defined() ? seed.clone() : first;
  start.filled = true;

  std::priority_queue<GradientSlot*, RecycledVector<GradientSlot*>, Younger> ready;
  RecycledVector<std::shared_ptr<GradientSlot>> alive;
  RecycledVector<bool> was_filled;
  RecycledVector<std::uint8_t> taken;
  alive.push_back(root.slot());
  ready.push(&start);
  while (!ready.empty()) {
    GradientSlot& slot = *ready.top();
    ready.pop();
    const std::shared_ptr<Node> node = std::move(slot.producer);
    slot.used = true;
    const Tensor dy = std::move(slot.gradient);
    slot.gradient = Tensor();
    slot.filled = false;
    was_filled.clear();
    for (const auto& input : node->inputs) was_filled.push_back(input != nullptr && input->filled);
    const kernels::LayerScope layer(node->layer);
    taken.assign(node->inputs.size(), 0);
    node->backward(dy, Gradients(node->inputs, taken));
    for (std::size_t i = 0; i < node->inputs.size(); ++i) {
      const auto& input = node->inputs[i];
      if (input == nullptr) continue;
      check_unused(*input);
      if (was_filled[i] || !input->filled || input->producer == nullptr) continue;
      bool repeated = false;  // the same value twice among the inputs of one op
      for (std::size_t earlier = 0; earlier < i; ++earlier) repeated |= node->inputs[earlier] == input;
      if (repeated) continue;
      alive.push_back(input);
      ready.push(input.get());
    }
  }
}

NoGrad::NoGrad() : previous_(no_grad) {
  no_grad = true;
}
NoGrad::~NoGrad() {
  no_grad = previous_;
}
bool NoGrad::active() {
  return no_grad;
}

GradientOf::GradientOf(const Variable& leaf) : leaf_(leaf.slot()), previous_(only_leaf) {
  only_leaf = leaf_.get();
}
GradientOf::~GradientOf() {
  only_leaf = previous_;
}

}  // namespace sonograd
