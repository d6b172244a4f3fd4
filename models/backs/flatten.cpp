#include "models/backs/flatten.h"

#include "autograd/ops/copy.h"

namespace sonograd::models {

Variable flatten_single(const Variable& x) {
  if (x.shape()[1] != 1 || x.shape()[2] != 1) {
    throw ShapeError(concat("[model] expected one position before the output layer, got ", x.shape()[1],
                            " x ", x.shape()[2], "; choose another model.samples"));
  }
  return reshape(x, {x.shape()[0], x.shape()[3]});
}

}  // namespace sonograd::models
