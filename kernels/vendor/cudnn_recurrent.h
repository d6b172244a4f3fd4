// cuDNN as rows of the tables of recurrent_layer. It multiplies the inputs itself, and its backward pass reads values of its own
// forward pass in a format that it does not document: so there are no rows in the tables of recurrent_forward and
// recurrent_backward.
#pragma once

#include "kernels/fused/recurrent_layer/recurrent_layer.h"
#include "kernels/vendor/row.h"

namespace sonograd::kernels::vendor {

/// A product and a kernel per step. The time includes the copy of the weights into the memory of cuDNN, and in training that
/// of their gradients out of it.
extern const KernelVariant<RecurrentLayerForward> recurrent_layer_forward_cudnn;
extern const KernelVariant<RecurrentLayerTraining> recurrent_layer_training_cudnn;
/// The same, with the weight kept on the multiprocessors: for small layers (CUDNN_RNN_ALGO_PERSIST_STATIC_SMALL_H).
extern const KernelVariant<RecurrentLayerForward> recurrent_layer_forward_cudnn_persistent;
extern const KernelVariant<RecurrentLayerTraining> recurrent_layer_training_cudnn_persistent;

}  // namespace sonograd::kernels::vendor
