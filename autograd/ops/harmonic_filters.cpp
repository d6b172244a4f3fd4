#include "autograd/ops/harmonic_filters.h"

#include "autograd/tape.h"
#include "kernels/harmonic_filters/harmonic_filters.h"

namespace sonograd {

Variable harmonic_filters(const Variable& x, const Tensor& centres, const Variable& q, double bin_width) {
  const auto p = kernels::HarmonicFiltersProblem::make(x.shape(), centres.shape(), bin_width, x.dtype());
  const Tensor y = Tensor::empty(p.output, x.dtype(), x.device());
  kernels::harmonic_filters_forward(p, x.data(), centres, q.data(), set(y));
  return record("harmonic_filters", {x, q}, y,
                [p, x = x.data(), centres, q = q.data()](const Tensor& dy, Gradients dx) {
                  if (dx[0]) kernels::harmonic_filters_backward_data(p, centres, q, dy, dx[0].take());
                  if (dx[1]) kernels::harmonic_filters_backward_q(p, x, centres, q, dy, dx[1].take());
                });
}

}  // namespace sonograd
