// Reverse-mode differentiation: ops record how to pass a gradient on, `backward` replays that in reverse
// order.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include "autograd/variable.h"
#include "tensor/support/recycled.h"

namespace sonograd {

/// Where the gradient of one input goes. False when nobody wants it; it turns into the `Out` to write to
/// (undefined when nobody wants it). The tape decides whether that replaces or accumulates, so take it once,
/// right at the kernel call.
class GradientTarget {
 public:
  explicit GradientTarget(GradientSlot* slot) : slot_(slot) {}
  explicit operator bool() const { return slot_ != nullptr; }
  operator Out() const;  // NOLINT: `kernel(..., dx[0])` is the point

 private:
  GradientSlot* slot_;
};

/// The gradients of an op's inputs, in the order they were recorded.
class Gradients {
 public:
  explicit Gradients(std::span<const std::shared_ptr<GradientSlot>> slots) : slots_(slots) {}
  GradientTarget operator[](std::size_t i) const { return GradientTarget(slots_[i].get()); }

 private:
  std::span<const std::shared_ptr<GradientSlot>> slots_;
};

/// One recorded op.
struct Node {
  std::string_view name;
  std::uint64_t sequence = 0;  ///< nodes are replayed from the youngest to the oldest
  std::string_view layer;      ///< that recorded it, while a profile is taken
  RecycledVector<std::shared_ptr<GradientSlot>> inputs;  ///< null where no gradient is wanted

  virtual ~Node() = default;
  /// Passes `dy`, the gradient of the op's output, on to its inputs.
  virtual void backward(const Tensor& dy, Gradients dx) = 0;
};

template <class Backward>
struct NodeOf final : Node {
  Backward run;

  explicit NodeOf(Backward function) : run(std::move(function)) {}
  void backward(const Tensor& dy, Gradients dx) override { run(dy, dx); }
};

/// Does any of these want a gradient, outside of NoGrad?
bool wants_gradient(std::span<const Variable> inputs);
/// The output of an op that `node` was made for.
Variable record_node(std::string_view name, std::span<const Variable> inputs, Tensor output,
                     std::shared_ptr<Node> node);

/// Wraps the output of an op and records its backward function, `void(const Tensor& dy, Gradients dx)`, unless no input
/// wants a gradient or a NoGrad scope is open. The function captures data (tensors), never variables. `name` must outlive
/// the graph (a string literal).
template <class Backward>
Variable record(std::string_view name, std::span<const Variable> inputs, Tensor output, Backward backward) {
  if (!wants_gradient(inputs)) return Variable(std::move(output));
  return record_node(name, inputs, std::move(output), make_recycled<NodeOf<Backward>>(std::move(backward)));
}
template <class Backward>
Variable record(std::string_view name, std::initializer_list<Variable> inputs, Tensor output,
                Backward backward) {
  return record(name, std::span(inputs.begin(), inputs.size()), std::move(output), std::move(backward));
}

/// Adds d root / d leaf to the gradient of every leaf that requires one, and frees the graph on the way: each part of it
/// serves once, so several losses are added up first. `seed` is the gradient of the root itself; without it the root must
/// have one element (the loss) and the seed is 1. Throws ShapeError when the seed does not fit, Error when the root needs no
/// gradient or an earlier call has used what it was made from.
void backward(const Variable& root, const Tensor& seed = {});

/// While one lives, nothing is recorded on this thread: inference and evaluation.
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

  static bool active();

 private:
  bool previous_;
};

}  // namespace sonograd
