#include "kernels/vendor/attention_products.h"

namespace sonograd::kernels::vendor {

View heads_of(const AttentionProblem& p, const View& view) {
  View heads = view;
  heads.shape = {view.shape[0], p.heads, view.shape[1], p.head_size};
  heads.strides = {view.stride(0), p.head_size, view.stride(1), 1};
  return heads;
}

std::size_t forward_products_workspace(const AttentionProblem& p) {
  const std::size_t stored = p.dtype == DType::f32 ? 0 : Workspace::bytes(p.weights_shape(), p.dtype);
  return Workspace::bytes(p.weights_shape(), DType::f32) + stored;
}

std::size_t backward_products_workspace(const AttentionProblem& p) {
  return 2 * forward_products_workspace(p);
}

}  // namespace sonograd::kernels::vendor
