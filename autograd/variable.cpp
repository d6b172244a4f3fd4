#include "autograd/variable.h"

#include "tensor/support/recycled.h"

namespace sonograd {

Variable::Variable(Tensor data, bool requires_grad) : data_(std::move(data)) {
  if (!requires_grad) return;
  slot_ = make_recycled<GradientSlot>();
  slot_->shape = data_.shape();
  slot_->dtype = data_.dtype();
  slot_->device = data_.device();
}

}  // namespace sonograd
