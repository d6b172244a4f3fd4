// Reverse-mode differentiation: ops record how to pass a gradient on, `backward` replays that in reverse
// order.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "autograd/variable.h"

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
  explicit Gradients(const std::vector<std::shared_ptr<GradientSlot>>& slots) : slots_(slots) {}
  GradientTarget operator[](std::size_t i) const { return GradientTarget(slots_[i].get()); }

 private:
  const std::vector<std::shared_ptr<GradientSlot>>& slots_;
};

/// Passes `dy`, the gradient of an op's output, on to its inputs. It captures data (tensors), never
/// variables.
using BackwardFunction = std::function<void(const Tensor& dy, Gradients dx)>;

/// One recorded op.
struct Node {
  std::string_view name;
  std::uint64_t sequence = 0;                         ///< nodes are replayed from the youngest to the oldest
  std::string_view layer;                             ///< that recorded it, while a profile is taken
  std::vector<std::shared_ptr<GradientSlot>> inputs;  ///< null where no gradient is wanted
  BackwardFunction backward;
};

/// Wraps the output of an op and records its backward function, unless no input wants a gradient or a NoGrad
/// scope is open. `name` must outlive the graph (a string literal).
Variable record(std::string_view name, std::initializer_list<Variable> inputs, Tensor output,
                BackwardFunction backward);
Variable record(std::string_view name, const std::vector<Variable>& inputs, Tensor output,
                BackwardFunction backward);

/// Adds d root / d leaf to the gradient of every leaf that requires one, and frees the graph on the way.
/// `seed` is the gradient of the root itself; without it the root must have one element (the loss) and the
/// seed is 1. Throws ShapeError when the seed does not fit.
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
