// cuDNN as our rows use it: its functions, handles, and maps and filters with channels last.
#pragma once

#include <cudnn.h>
#include <memory>

#include "kernels/vendor/library.h"
#include "tensor/view.h"

namespace sonograd::kernels::vendor {

struct Cudnn {
  Library library{concat("libcudnn.so.", CUDNN_MAJOR)};
  SONOGRAD_VENDOR_FUNCTION(cudnnCreate);
  SONOGRAD_VENDOR_FUNCTION(cudnnSetStream);
  SONOGRAD_VENDOR_FUNCTION(cudnnGetErrorString);
  SONOGRAD_VENDOR_FUNCTION(cudnnCreateTensorDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnSetTensor4dDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnDestroyTensorDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnCreateFilterDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnSetFilter4dDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnDestroyFilterDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnCreateConvolutionDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnSetConvolution2dDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnSetConvolutionMathType);
  SONOGRAD_VENDOR_FUNCTION(cudnnDestroyConvolutionDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnGetConvolutionForwardAlgorithm_v7);
  SONOGRAD_VENDOR_FUNCTION(cudnnGetConvolutionBackwardDataAlgorithm_v7);
  SONOGRAD_VENDOR_FUNCTION(cudnnGetConvolutionBackwardFilterAlgorithm_v7);
  SONOGRAD_VENDOR_FUNCTION(cudnnConvolutionForward);
  SONOGRAD_VENDOR_FUNCTION(cudnnConvolutionBackwardData);
  SONOGRAD_VENDOR_FUNCTION(cudnnConvolutionBackwardFilter);
  SONOGRAD_VENDOR_FUNCTION(cudnnAddTensor);
  SONOGRAD_VENDOR_FUNCTION(cudnnCreatePoolingDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnSetPooling2dDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnDestroyPoolingDescriptor);
  SONOGRAD_VENDOR_FUNCTION(cudnnPoolingForward);
  SONOGRAD_VENDOR_FUNCTION(cudnnPoolingBackward);
  SONOGRAD_VENDOR_FUNCTION(cudnnBatchNormalizationForwardTraining);
  SONOGRAD_VENDOR_FUNCTION(cudnnBatchNormalizationBackward);
};

const Cudnn& cudnn();

/// Throws KernelError.
void check(cudnnStatus_t status);

/// This thread's handle for the current GPU, on its stream.
cudnnHandle_t cudnn_handle();

/// What cuDNN describes an operand or an operation with.
template <class Handle>
class Descriptor {
 public:
  Descriptor(cudnnStatus_t (*create)(Handle*), cudnnStatus_t (*destroy)(Handle)) : destroy_(destroy) {
    check(create(&handle_));
  }
  ~Descriptor() { destroy_(handle_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator Handle() const { return handle_; }  // NOLINT: it is passed where cuDNN wants one

 private:
  Handle handle_ = nullptr;
  cudnnStatus_t (*destroy_)(Handle);
};

/// Extents of a map of float32, channels last: [n, t, f, c].
struct MapExtents {
  std::int64_t n, t, f, c;
};
struct MapDescriptor : Descriptor<cudnnTensorDescriptor_t> {
  explicit MapDescriptor(const MapExtents& extents);
};

/// cuDNN blends a result: result = one * computed + beta * what was there.
inline constexpr float kOne = 1;
inline float beta_of(const Out& out) {
  return out.adds() ? 1.0f : 0.0f;
}

}  // namespace sonograd::kernels::vendor
