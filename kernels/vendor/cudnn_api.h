// Parts of cuDNN that our rows use: functions, handles, and descriptors of maps and filters with channels last.
#pragma once

#include <cudnn.h>
#include <memory>

#include "tensor/support/shared_library.h"
#include "tensor/view.h"

namespace sonograd::kernels::vendor {

struct Cudnn {
  SharedLibrary library{concat("libcudnn.so.", CUDNN_MAJOR)};
  SONOGRAD_LIBRARY_FUNCTION(cudnnCreate);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetStream);
  SONOGRAD_LIBRARY_FUNCTION(cudnnGetErrorString);
  SONOGRAD_LIBRARY_FUNCTION(cudnnCreateTensorDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetTensor4dDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnDestroyTensorDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnCreateFilterDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetFilter4dDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnDestroyFilterDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnCreateConvolutionDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetConvolution2dDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetConvolutionMathType);
  SONOGRAD_LIBRARY_FUNCTION(cudnnDestroyConvolutionDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnGetConvolutionForwardAlgorithm_v7);
  SONOGRAD_LIBRARY_FUNCTION(cudnnGetConvolutionBackwardDataAlgorithm_v7);
  SONOGRAD_LIBRARY_FUNCTION(cudnnGetConvolutionBackwardFilterAlgorithm_v7);
  SONOGRAD_LIBRARY_FUNCTION(cudnnConvolutionForward);
  SONOGRAD_LIBRARY_FUNCTION(cudnnConvolutionBackwardData);
  SONOGRAD_LIBRARY_FUNCTION(cudnnConvolutionBackwardFilter);
  SONOGRAD_LIBRARY_FUNCTION(cudnnAddTensor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnCreatePoolingDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetPooling2dDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnDestroyPoolingDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnPoolingForward);
  SONOGRAD_LIBRARY_FUNCTION(cudnnPoolingBackward);
  SONOGRAD_LIBRARY_FUNCTION(cudnnBatchNormalizationForwardTraining);
  SONOGRAD_LIBRARY_FUNCTION(cudnnBatchNormalizationBackward);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetTensorNdDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnGetTensorNdDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnCreateDropoutDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetDropoutDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnDestroyDropoutDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnCreateRNNDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetRNNDescriptor_v8);
  SONOGRAD_LIBRARY_FUNCTION(cudnnDestroyRNNDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnCreateRNNDataDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnSetRNNDataDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnDestroyRNNDataDescriptor);
  SONOGRAD_LIBRARY_FUNCTION(cudnnGetRNNWeightSpaceSize);
  SONOGRAD_LIBRARY_FUNCTION(cudnnGetRNNWeightParams);
  SONOGRAD_LIBRARY_FUNCTION(cudnnGetRNNTempSpaceSizes);
  SONOGRAD_LIBRARY_FUNCTION(cudnnRNNForward);
  SONOGRAD_LIBRARY_FUNCTION(cudnnRNNBackwardData_v8);
  SONOGRAD_LIBRARY_FUNCTION(cudnnRNNBackwardWeights_v8);
};

const Cudnn& cudnn();

/// Throws KernelError unless the status is success.
void check(cudnnStatus_t status);

/// Handle of this thread for the current GPU, on its current stream.
cudnnHandle_t cudnn_handle();

/// Descriptor of an operand or an operation.
template <class Handle>
class Descriptor {
 public:
  Descriptor(cudnnStatus_t (*create)(Handle*), cudnnStatus_t (*destroy)(Handle)) : destroy_(destroy) {
    check(create(&handle_));
  }
  ~Descriptor() { destroy_(handle_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator Handle() const { return handle_; }  // NOLINT: passed as an argument of cuDNN

 private:
  Handle handle_ = nullptr;
  cudnnStatus_t (*destroy_)(Handle);
};

/// Extents of a float32 map, channels last: [n, t, f, c].
struct MapExtents {
  std::int64_t n, t, f, c;
};
struct MapDescriptor : Descriptor<cudnnTensorDescriptor_t> {
  explicit MapDescriptor(const MapExtents& extents);
};

/// Factors with which cuDNN writes a result: result = one * computed + beta * result.
inline constexpr float kOne = 1;
inline float beta_of(const Out& out) {
  return out.adds() ? 1.0f : 0.0f;
}

}  // namespace sonograd::kernels::vendor
