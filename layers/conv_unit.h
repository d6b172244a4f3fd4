// One convolution with norm, activation and pooling, in the orders that published networks have.
#pragma once

#include "layers/activation.h"
#include "layers/conv_norm.h"

namespace sonograd::layers {

/// Order of computation in a unit; the pooling is last.
enum class UnitOrder : std::uint8_t {
  conv_norm_activation,  ///< VGG-like networks, the default
  conv_activation_norm,  ///< Pons et al., ISMIR 2018; musicnn
  norm_activation_conv,  ///< pre-activation (He et al., "Identity mappings in deep residual networks", ECCV 2016)
};

enum class Pooling : std::uint8_t { max, avg };

/// kernel / 2 zeros on both sides: odd kernels keep the extents.
inline Conv2dOptions same_padding(kernels::Pair kernel) {
  return {.padding = kernels::Padding(kernel.t / 2, kernel.f / 2)};
}
inline Conv1dOptions same_padding(std::int64_t kernel) {
  return {.pad_before = kernel / 2, .pad_after = kernel / 2};
}

/// `Conv`: Conv2d (extents are pairs: time, frequency) or Conv1d.
template <class Conv>
struct ConvUnitOptions {
  using Extent = typename Conv::Extent;

  Extent kernel = 3;
  typename Conv::Options conv = same_padding(kernel);  ///< stride, padding, dilation
  Bias bias = Bias::learned;
  std::optional<BatchNormOptions> norm = BatchNormOptions();  ///< unset: none
  Activation activation = Activation::relu;
  Pooling pooling = Pooling::max;
  Extent pool = 1;            ///< window; 1: no pooling
  Extent pool_stride = pool;  ///< distance of windows
  UnitOrder order = UnitOrder::conv_norm_activation;
};

/// [N, T, F, in] -> [N, T', F', out], or [N, T, in] -> [N, T', out]. Parts: conv and bn, in the order of computation. Fused ops
/// are used where they exist: convolution + statistics and norm + ReLU + maximum in training; norms folded into weights and
/// convolution + ReLU + maximum in evaluation.
template <class Conv>
class ConvUnit : public Layer {
 public:
  using Options = ConvUnitOptions<Conv>;
  using Extent = typename Conv::Extent;

  ConvUnit(std::int64_t in_channels, std::int64_t out_channels, const Options& options = {});
  Variable forward(const Variable& x) const override;

 private:
  Variable activated(const Variable& x) const;
  bool pools_with_relu() const;

  Options options_;
  std::unique_ptr<const BatchNorm> norm_before_;  ///< norm before the convolution, or null
  ConvNorm<Conv> conv_;
  std::unique_ptr<const BatchNorm> norm_after_;  ///< norm after the activation, or null
};

extern template class ConvUnit<Conv1d>;
extern template class ConvUnit<Conv2d>;
using ConvUnit1d = ConvUnit<Conv1d>;
using ConvUnit2d = ConvUnit<Conv2d>;

}  // namespace sonograd::layers
