#include "models/backs/short_chunk_head.h"

#include "autograd/ops/pointwise.h"

namespace sonograd::models {

void ShortChunkHead::forward(const Variable& x, Outputs& outputs) const {
  if (x.shape()[2] != 1) {
    throw ShapeError(concat("[model] expected one frequency position before the classifier, got ",
                            x.shape()[2], "; choose another front_end.n_mels"));
  }
  const Variable pooled = pool_.forward(x);  // [N, D]
  const Variable hidden = relu(bn_.forward(dense1_.forward(pooled)));
  outputs.set(kPenultimate, hidden);
  outputs.set(kLogits, dense2_.forward(dropout_.forward(hidden)));
}

}  // namespace sonograd::models
