#include "layers/linear.h"

#include "autograd/ops/linear.h"
#include "layers/init.h"
#include "layers/trace.h"

namespace sonograd::layers {

Linear::Linear(std::int64_t in, std::int64_t out)
    : weight_(uniform_parameter({out, in}, in)), bias_(uniform_parameter({out}, in)) {
  add_parameter("weight", weight_);
  add_parameter("bias", bias_);
}

Variable Linear::forward(const Variable& x) const {
  TraceScope trace(*this, "linear");
  const Variable y = linear(x, weight_, bias_);
  trace_macs(static_cast<double>(y.data().numel()) * static_cast<double>(weight_.shape()[1]));
  return trace.output(y);
}

}  // namespace sonograd::layers
