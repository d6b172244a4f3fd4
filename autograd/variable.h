// A tensor that remembers how its gradient reaches what it was made from.
#pragma once

#include <memory>

#include "tensor/tensor.h"

namespace sonograd {

struct Node;

/// Where the gradient of one value collects. Kept apart from the value, so that values nobody saved are
/// freed.
struct GradientSlot {
  Shape shape;
  DType dtype = DType::f32;
  Device device;
  Tensor gradient;                 ///< memory; its contents count only when `filled`
  bool filled = false;             ///< has anything been written since the last clear?
  std::shared_ptr<Node> producer;  ///< what made the value; null for a leaf (parameter, input) and once used
  bool used = false;               ///< has `backward` passed on what the producer wants?
};

/// A handle: copies share value and gradient. Maths on variables is in autograd/ops.
class Variable {
 public:
  Variable() = default;
  /// A leaf. With `requires_grad` its gradient is kept after `backward`.
  explicit Variable(Tensor data, bool requires_grad = false);
  /// A value that `slot` collects the gradient of; used by `record`.
  Variable(Tensor data, std::shared_ptr<GradientSlot> slot)
      : data_(std::move(data)), slot_(std::move(slot)) {}

  bool defined() const { return data_.defined(); }
  const Tensor& data() const { return data_; }
  const Shape& shape() const { return data_.shape(); }
  DType dtype() const { return data_.dtype(); }
  Device device() const { return data_.device(); }

  bool requires_grad() const { return slot_ != nullptr; }
  /// The gradient of the last `backward` calls since `clear_gradient`; undefined when there is none.
  Tensor gradient() const { return slot_ && slot_->filled ? slot_->gradient : Tensor(); }
  /// Forgets the gradient; its memory is kept and the next `backward` writes over it.
  void clear_gradient() const {
    if (slot_) slot_->filled = false;
  }
  const std::shared_ptr<GradientSlot>& slot() const { return slot_; }

  /// The same value as a leaf that no gradient flows through.
  Variable detach() const { return Variable(data_); }

 private:
  Tensor data_;
  std::shared_ptr<GradientSlot> slot_;
};

}  // namespace sonograd
