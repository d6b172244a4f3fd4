#if __has_include(<cudnn.h>)
#include "kernels/vendor/cudnn_api.h"
#include "kernels/vendor/per_device.h"

namespace sonograd::kernels::vendor {

const Cudnn& cudnn() {
  static const Cudnn instance;
  return instance;
}

void check(cudnnStatus_t status) {
  if (status != CUDNN_STATUS_SUCCESS)
    throw KernelError(concat("cuDNN: ", cudnn().cudnnGetErrorString(status)));
}

cudnnHandle_t cudnn_handle() {
  thread_local PerDevice<int, cudnnHandle_t> handles;
  const cudnnHandle_t handle = handles.get(0, [](cudnnHandle_t& made) { check(cudnn().cudnnCreate(&made)); });
  check(cudnn().cudnnSetStream(handle, cuda_stream()));
  return handle;
}

MapDescriptor::MapDescriptor(const MapExtents& extents)
    : Descriptor(cudnn().cudnnCreateTensorDescriptor, cudnn().cudnnDestroyTensorDescriptor) {
  const auto [n, t, f, c] = extents;
  check(cudnn().cudnnSetTensor4dDescriptor(*this, CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT, static_cast<int>(n),
                                           static_cast<int>(c), static_cast<int>(t), static_cast<int>(f)));
}

}  // namespace sonograd::kernels::vendor
#endif
