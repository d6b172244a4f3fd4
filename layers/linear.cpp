#include "layers/linear.h"

#include "autograd/ops/linear.h"
#include "layers/trace.h"

namespace sonograd::layers {

Linear::Linear(std::int64_t in, std::int64_t out, Bias bias)
    : weight_(*this, "weight", uniform({out, in}, in)), bias_(*this, "bias", uniform_bias(bias, out, in)) {}

Variable Linear::forward(const Variable& x) const {
  TraceScope trace(*this, "linear");
  const Variable y = linear(x, weight_, bias_);
  trace_macs(static_cast<double>(y.data().numel()) * static_cast<double>(weight_.shape()[1]));
  return trace.output(y);
}

}  // namespace sonograd::layers
