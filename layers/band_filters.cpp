#include "layers/band_filters.h"

#include <algorithm>

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/tape.h"
#include "layers/trace.h"
#include "tensor/device/arena.h"

namespace sonograd::layers {
namespace {

// -1 where the norm falls with its argument, else 1; [C] on the host.
Tensor signs_of(const BatchNorm& norm) {
  const Tensor signs = norm.weight().data().to(Device{}).to(DType::f64).clone();
  for (double& sign : signs.span<double>()) sign = sign < 0 ? -1.0 : 1.0;
  return signs;
}

}  // namespace

BandFilters::BandFilters(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair kernel,
                         const Conv2dOptions& options, const BatchNormOptions& norm)
    : kernel_(kernel),
      options_(options),
      conv_(*this, "conv", in_channels, out_channels, kernel, options),
      norm_(*this, "bn", out_channels, norm),
      signed_(*this, [this] { return with_signs(); }) {}

auto BandFilters::with_signs() const -> std::unique_ptr<const Signed> {
  const NoArenaScope outlives_the_step;
  const NoGrad no_grad;
  auto result = std::make_unique<Signed>();
  result->weight = conv_.weight().detach();
  result->bias = conv_.bias().detach();
  const Tensor signs = signs_of(norm_);
  if (std::ranges::find(signs.span<double>(), -1.0) == signs.span<double>().end()) return result;
  result->sign = Variable(signs.to(result->weight.dtype()).to(result->weight.device()));
  result->weight = mul(result->weight, reshape(result->sign, {signs.numel(), 1, 1, 1}));
  result->bias = mul(result->bias, result->sign);
  return result;
}

// ReLU of the maximum over the bands, or of the minimum where the norm falls: [N, T', out].
Variable BandFilters::relu_of_extrema(const Variable& x) const {
  const Signed& filters = signed_.get();
  const auto p = kernels::Conv2dProblem::make(x.shape(), filters.weight.shape(), options_, x.dtype());
  const kernels::Pair bands = {1, p.out_f};
  const Shape shape = {x.shape()[0], p.out_t, p.out_channels};
  if (!filters.sign.defined()) {
    return reshape(conv_.relu_pool(x, filters.weight, filters.bias, bands, &filters.cache), shape);
  }
  const Variable extrema =
      reshape(conv_.max_pool(x, filters.weight, filters.bias, bands, &filters.cache), shape);
  return relu(mul(extrema, filters.sign));
}

Variable BandFilters::forward(const Variable& x) const {
  TraceScope trace(*this, "conv2d ", kernel_, " + relu + batch_norm, maximum over bands");
  if (!training() && NoGrad::active()) return trace.output(norm_.forward(relu_of_extrema(x)));
  return trace.output(max(norm_.forward(relu(conv_.forward(x))), {2}));
}

}  // namespace sonograd::layers
