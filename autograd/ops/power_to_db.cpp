#include "autograd/ops/power_to_db.h"

#include "autograd/tape.h"

namespace sonograd {

Variable power_to_db(const Variable& x, const kernels::DbOptions& options) {
  const Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  kernels::power_to_db(x.data(), options, set(y));
  return record("power_to_db", {x}, y, [options, x = x.data()](const Tensor& dy, Gradients dx) {
    kernels::power_to_db_backward(x, options, dy, dx[0].take());
  });
}

}  // namespace sonograd
