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

Variable flatten_single_frame(const Variable& x) {
  const Shape& shape = x.shape();
  if (shape[1] != 1)
    throw ShapeError(concat("[model] expected one position of time before the dense layers, got ", shape[1],
                            "; choose another model.samples"));
  std::int64_t width = 1;
  for (int axis = 2; axis < shape.rank(); ++axis) width *= shape[axis];
  return reshape(x, {shape[0], width});
}

}  // namespace sonograd::models
