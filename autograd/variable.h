// A tensor with the way back to the values that it was computed from, for its gradient.
#pragma once

#include <memory>

#include "tensor/tensor.h"

namespace sonograd {

struct Node;

/// The gradient of one value. Kept apart from the value, so that the memory of values that no op has saved is freed.
struct GradientSlot {
  Shape shape;
  DType dtype = DType::f32;
  Device device;
  Tensor gradient;      ///< memory; its contents are valid only when `filled`
  bool filled = false;  ///< `gradient` has been written since it was cleared
  std::shared_ptr<Node>
      producer;       ///< op that computed the value; null for a leaf (parameter, input) and once used
  bool used = false;  ///< `backward` has run the producer, which cannot run again
};

/// A handle: copies share value and gradient. Operations on variables are in autograd/ops.
class Variable {
 public:
  Variable() = default;
  /// A leaf. With `requires_grad` its gradient is kept after `backward`.
  explicit Variable(Tensor data, bool requires_grad = false);
  /// A value whose gradient is added up in `slot`; used by `record`.
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
  /// Marks the gradient as absent; its memory is kept and the next `backward` writes over it.
  void clear_gradient() const {
    if (slot_) slot_->filled = false;
  }
  const std::shared_ptr<GradientSlot>& slot() const { return slot_; }

  /// The same value as a leaf without a gradient.
  Variable detach() const { return Variable(data_); }

 private:
  Tensor data_;
  std::shared_ptr<GradientSlot> slot_;
};

}  // namespace sonograd
