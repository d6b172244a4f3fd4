#include "tensor/device/stream.h"

#include "tensor/device/backend.h"

namespace sonograd {

void Stream::synchronize() const {
  backend(device_.kind).synchronize(device_.index);
}

}  // namespace sonograd
