// Losses of a batch of logits x [N, C] against targets z [N, C], as one number.
//
//   tag loss       mean over N and C of weight[c] * (mse_mask[c] ? (sigmoid(x) - z)^2
//                                                                : max(x, 0) - x z + log(1 + e^-|x|))
//                  binary cross-entropy of the sigmoid, or the squared error for graded tags; z in [0, 1]
//   cross-entropy  mean over N of -sum over c of z log softmax(x): the rows of z sum to 1 (one-hot, smoothed
//   or mixed) mse            mean of (x - z)^2, any extents
//
//   weight [C] >= 0 (undefined: ones), mse_mask [C] u8 (undefined: none), loss [] scalar; f32 (f64:
//   `reference` only) backward: dx = dloss * d loss / d x, with dloss [] on the same device
// Errors: ShapeError, DTypeError.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

/// What is compared, and how many there are.
struct LossProblem {
  std::int64_t rows = 0, labels = 0;
  DType dtype = DType::f32;

  /// [N, C]. Throws ShapeError for another rank or no elements.
  static LossProblem make(const Shape& logits, DType dtype = DType::f32);
  Shape shape() const { return {rows, labels}; }
  std::int64_t numel() const { return rows * labels; }
  double bytes() const { return 2.0 * static_cast<double>(size_of(dtype)) * static_cast<double>(numel()); }
};

struct LossArgs {
  View x, targets, weight, mse_mask;
  Out loss;
};
struct LossBackwardArgs {
  View x, targets, weight, mse_mask, dloss;
  Out dx;
};

#define SONOGRAD_LOSS_OP(Type, op_name, ArgsType)       \
  struct Type {                                         \
    static constexpr std::string_view name = (op_name); \
    using Problem = LossProblem;                        \
    using Args = ArgsType;                              \
  };
SONOGRAD_LOSS_OP(TagLoss, "tag_loss", LossArgs)
SONOGRAD_LOSS_OP(TagLossBackward, "tag_loss_backward", LossBackwardArgs)
SONOGRAD_LOSS_OP(CrossEntropy, "cross_entropy", LossArgs)
SONOGRAD_LOSS_OP(CrossEntropyBackward, "cross_entropy_backward", LossBackwardArgs)
SONOGRAD_LOSS_OP(MeanSquaredError, "mse", LossArgs)
SONOGRAD_LOSS_OP(MeanSquaredErrorBackward, "mse_backward", LossBackwardArgs)
#undef SONOGRAD_LOSS_OP

void tag_loss(const LossProblem& p, const LossArgs& args);
void tag_loss_backward(const LossProblem& p, const LossBackwardArgs& args);
/// `weight` and `mse_mask` must be undefined.
void cross_entropy(const LossProblem& p, const LossArgs& args);
void cross_entropy_backward(const LossProblem& p, const LossBackwardArgs& args);
void mse(const LossProblem& p, const LossArgs& args);
void mse_backward(const LossProblem& p, const LossBackwardArgs& args);

}  // namespace sonograd::kernels
