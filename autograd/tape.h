// Reverse-mode differentiation: ops record how to pass a gradient on, `backward` replays the records in reverse
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

/// Destination of the gradient of one input. False when no gradient is needed.
class GradientTarget {
 public:
  GradientTarget(GradientSlot* slot, std::uint8_t* taken) : slot_(slot), taken_(taken) {}
  explicit operator bool() const { return slot_ != nullptr; }

  /// The `Out` to write to, undefined when no gradient is needed; the tape decides whether it replaces or accumulates. To be
  /// called in the kernel call that writes the gradient: the tape counts it as written from then on. Throws Error when the
  /// target of this input was taken before.
  Out take() const;

 private:
  GradientSlot* slot_;
  std::uint8_t* taken_;
};

/// Gradients of the inputs of an op, in the order in which the inputs were recorded.
class Gradients {
 public:
  /// `taken`, one for each slot, is zero before the op's backward function runs.
  Gradients(std::span<const std::shared_ptr<GradientSlot>> slots, std::span<std::uint8_t> taken)
      : slots_(slots), taken_(taken) {}
  GradientTarget operator[](std::size_t i) const { return {slots_[i].get(), &taken_[i]}; }

 private:
  std::span<const std::shared_ptr<GradientSlot>> slots_;
  std::span<std::uint8_t> taken_;
};

/// One recorded op.
struct Node {
  std::string_view name;
  std::uint64_t sequence = 0;  ///< nodes are replayed from the youngest to the oldest
  std::string_view layer;      ///< the layer that recorded the op, while a profile is taken; else empty
  RecycledVector<std::shared_ptr<GradientSlot>> inputs;  ///< null where no gradient is needed

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

/// Number of ops that were recorded so far, on all threads: every op that is recorded later has a `sequence` of at least that.
std::uint64_t recorded_ops();

/// True when at least one input requires a gradient, no NoGrad scope is open, and a GradientOf scope does not make all of them
/// constants.
bool needs_gradient(std::span<const Variable> inputs);
/// Makes `node` the producer of `output`, fills in its name and inputs, and returns the output.
Variable record_node(std::string_view name, std::span<const Variable> inputs, Tensor output,
                     std::shared_ptr<Node> node);

/// Wraps the output of an op and records its backward function, `void(const Tensor& dy, Gradients dx)`, unless no input
/// requires a gradient or a NoGrad scope is open. The function captures data (tensors), never variables. `name` must outlive
/// the graph (a string literal).
template <class Backward>
Variable record(std::string_view name, std::span<const Variable> inputs, Tensor output, Backward backward) {
  if (!needs_gradient(inputs)) return Variable(std::move(output));
  return record_node(name, inputs, std::move(output), make_recycled<NodeOf<Backward>>(std::move(backward)));
}
template <class Backward>
Variable record(std::string_view name, std::initializer_list<Variable> inputs, Tensor output,
                Backward backward) {
  return record(name, std::span(inputs.begin(), inputs.size()), std::move(output), std::move(backward));
}

/// Adds d root / d leaf to the gradient of every leaf that requires one, and frees the graph on the way: each part of it can
/// be used once, so several losses are added up first. `seed` is the gradient of the root itself; without it the root must
/// have one element (the loss) and the seed is 1. Throws ShapeError when the seed does not fit, Error when the root does not
/// depend on a leaf that requires a gradient, or when an earlier call has used a part of its graph.
void backward(const Variable& root, const Tensor& seed = {});

/// While an object lives, ops on this thread record nothing: inference and evaluation.
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

/// While an object lives, ops on this thread record the way back to one leaf alone: parameters and all other leaves are constants
/// to them. For the gradient of an input through a network that does not change and that other threads use.
class GradientOf {
 public:
  /// `leaf` requires a gradient; the object keeps it alive.
  explicit GradientOf(const Variable& leaf);
  ~GradientOf();
  GradientOf(const GradientOf&) = delete;
  GradientOf& operator=(const GradientOf&) = delete;

 private:
  std::shared_ptr<GradientSlot> leaf_;
  const GradientSlot* previous_;
};

}  // namespace sonograd
