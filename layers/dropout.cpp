#include "layers/dropout.h"

#include "autograd/ops/pointwise.h"
#include "layers/random_scope.h"

namespace sonograd::layers {

Variable Dropout::forward(const Variable& x) const {
  if (!training() || p_ == 0) return x;
  return dropout(x, p_, RandomScope::next(RandomStream::dropout));
}

}  // namespace sonograd::layers
