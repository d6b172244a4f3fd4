// The CUDA runtime as the rest of the library uses it: checked calls and the ambient stream. Included only by the CUDA
// parts of tensor/device/, kernels/simt/ and kernels/vendor/.
#pragma once

#include <cuda_runtime_api.h>

#include "tensor/device/device.h"
#include "tensor/support/error.h"

namespace sonograd {

/// Throws as `throw_gpu_error` (gpu_error.h), with the expression and its place, unless the call succeeded.
#define CHECK_CUDA(call) ::sonograd::check_cuda((call), #call, __FILE__, __LINE__)
void check_cuda(cudaError_t status, const char* expression, const char* file, int line);

/// The stream on which the work of this thread on the current device is queued.
cudaStream_t cuda_stream();

/// Makes a device current while it lives.
class CudaDeviceScope {
 public:
  explicit CudaDeviceScope(int index);
  ~CudaDeviceScope();
  CudaDeviceScope(const CudaDeviceScope&) = delete;
  CudaDeviceScope& operator=(const CudaDeviceScope&) = delete;

 private:
  int previous_ = 0;
};

}  // namespace sonograd
