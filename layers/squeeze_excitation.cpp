#include "layers/squeeze_excitation.h"

#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "layers/pool.h"
#include "layers/trace.h"

namespace sonograd::layers {

Variable SqueezeExcitation::forward(const Variable& x) const {
  TraceScope trace(*this, "squeeze and excitation");
  const Variable means = mean(x, positions_of(x), true);  // [N, 1, C] or [N, 1, 1, C]
  const Variable gate = sigmoid(dense2_.forward(relu(dense1_.forward(means))));
  return trace.output(mul(x, gate));
}

}  // namespace sonograd::layers
