#include "tensor/device/staging.h"

#include "tensor/device/backend.h"

namespace sonograd {

std::unique_ptr<StagingBuffer> make_staging(std::size_t bytes, Device device) {
  return backend(device.kind).make_staging(bytes, device.index);
}

}  // namespace sonograd
