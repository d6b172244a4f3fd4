#include "layers/conv_unit.h"

#include "autograd/ops/pool.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

bool equal(std::int64_t a, std::int64_t b) {
  return a == b;
}
bool equal(kernels::Pair a, kernels::Pair b) {
  return a.t == b.t && a.f == b.f;
}

Variable pooled(const Variable& x, Pooling pooling, std::int64_t pool, std::int64_t stride) {
  return pooling == Pooling::max ? max_pool1d(x, pool, stride) : avg_pool1d(x, pool, stride);
}
Variable pooled(const Variable& x, Pooling pooling, kernels::Pair pool, kernels::Pair stride) {
  return pooling == Pooling::max ? max_pool2d(x, pool, stride) : avg_pool2d(x, pool, stride);
}

template <class Conv>
bool has_pool(const ConvUnitOptions<Conv>& o) {
  return !equal(o.pool, 1) || !equal(o.pool_stride, 1);
}

// The unit's name in a trace, put together when it is printed.
template <class Conv>
struct Summary {
  const ConvUnitOptions<Conv>& options;

  friend std::ostream& operator<<(std::ostream& out, const Summary& summary) {
    const auto& o = summary.options;
    const bool activated = o.activation != Activation::none;
    const auto norm = [&] { out << (o.norm ? " + batch_norm" : ""); };
    if (o.order == UnitOrder::norm_activation_conv) {
      if (o.norm) out << "batch_norm + ";
      if (activated) out << name_of(o.activation) << " + ";
    }
    out << (std::is_same_v<Conv, Conv1d> ? "conv1d " : "conv2d ") << o.kernel;
    if (o.order == UnitOrder::conv_norm_activation) norm();
    if (activated && o.order != UnitOrder::norm_activation_conv) out << " + " << name_of(o.activation);
    if (o.order == UnitOrder::conv_activation_norm) norm();
    if (has_pool(o)) out << (o.pooling == Pooling::max ? " + max_pool " : " + avg_pool ") << o.pool;
    return out;
  }
};

// The norm of the unit if it has one outside of ConvNorm and its order is `place`; else nullptr.
template <class Conv>
std::unique_ptr<const BatchNorm> norm_at(UnitOrder place, Module& unit, std::int64_t channels,
                                         const ConvUnitOptions<Conv>& options) {
  if (options.order != place || !options.norm) return nullptr;
  return std::make_unique<Part<BatchNorm>>(unit, "bn", channels, *options.norm);
}

template <class Conv>
std::optional<BatchNormOptions> norm_behind(const ConvUnitOptions<Conv>& options) {
  return options.order == UnitOrder::conv_norm_activation ? options.norm : std::nullopt;
}

}  // namespace

template <class Conv>
ConvUnit<Conv>::ConvUnit(std::int64_t in_channels, std::int64_t out_channels, const Options& options)
    : options_(options),
      norm_before_(norm_at(UnitOrder::norm_activation_conv, *this, in_channels, options)),
      conv_(*this, {"conv", "bn"}, in_channels, out_channels, options.kernel, options.conv, options.bias,
            norm_behind(options)),
      norm_after_(norm_at(UnitOrder::conv_activation_norm, *this, out_channels, options)) {}

// The activation behind the convolution, and the pooling when both are one op; otherwise `forward` does the pooling.
template <class Conv>
Variable ConvUnit<Conv>::activated(const Variable& x) const {
  if (options_.activation != Activation::relu) return activate(options_.activation, conv_.forward(x));
  return conv_.relu_pool(x, pools_with_relu() ? options_.pool : Extent(1));
}

template <class Conv>
bool ConvUnit<Conv>::pools_with_relu() const {
  return options_.order == UnitOrder::conv_norm_activation && options_.activation == Activation::relu &&
         options_.pooling == Pooling::max && equal(options_.pool, options_.pool_stride);
}

template <class Conv>
Variable ConvUnit<Conv>::forward(const Variable& x) const {
  TraceScope trace(*this, Summary<Conv>{options_});
  Variable y;
  if (options_.order == UnitOrder::norm_activation_conv) {
    if (norm_before_ && options_.activation == Activation::relu) {
      y = conv_.forward(norm_before_->relu(x));
    } else {
      y = conv_.forward(activate(options_.activation, norm_before_ ? norm_before_->forward(x) : x));
    }
  } else {
    y = activated(x);
    if (norm_after_) y = norm_after_->forward(y);
  }
  if (has_pool(options_) && !pools_with_relu())
    y = pooled(y, options_.pooling, options_.pool, options_.pool_stride);
  return trace.output(y);
}

template class ConvUnit<Conv1d>;
template class ConvUnit<Conv2d>;

}  // namespace sonograd::layers
