#include "layers/non_local.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops/copy.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/ops/softmax.h"
#include "layers/pool.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

constexpr double kDeviation = 0.01;

// [N, positions, C]
Variable as_sequence(const Variable& x) {
  const Shape& shape = x.shape();
  return shape.rank() == 3 ? x : reshape(x, {shape[0], shape[1] * shape[2], shape[3]});
}

std::int64_t inner_of(std::int64_t channels, const NonLocalOptions& options) {
  if (options.inner < 0)
    throw ConfigError(concat("[non-local] inner: expected 0 or more channels, got ", options.inner));
  return options.inner > 0 ? options.inner : std::max<std::int64_t>(1, channels / 2);
}

// Positions that keys and values are pooled over along an axis.
std::int64_t pair_of(const Variable& x, int axis) {
  return std::min<std::int64_t>(2, x.shape()[axis]);
}

// Products of a matrix [.., m, k] and a matrix [k, n] or [.., k, n].
void count_products(const Variable& result, std::int64_t k) {
  trace_macs(static_cast<double>(result.data().numel()) * static_cast<double>(k));
}

}  // namespace

NonLocal::Projection::Projection(std::int64_t in, std::int64_t out, double deviation)
    : weight_(*this, "weight", normal({out, in}, deviation)), bias_(*this, "bias", Tensor::zeros({out})) {}

Variable NonLocal::Projection::forward(const Variable& x) const {
  const Variable y = linear(x, weight_, bias_);
  count_products(y, weight_.shape()[1]);
  return y;
}

NonLocal::NonLocal(std::int64_t channels, const NonLocalOptions& options)
    : options_(options), inner_(inner_of(channels, options)) {
  if (embeds()) {
    theta_.emplace(*this, "theta", channels, inner_, kDeviation);
    phi_.emplace(*this, "phi", channels, inner_, kDeviation);
  }
  if (options.affinity == Affinity::concatenation)
    affinity_.emplace(*this, "affinity", normal({1, 2 * inner_}, kDeviation));
  g_.emplace(*this, "g", channels, inner_, kDeviation);
  out_.emplace(*this, "out", inner_, channels, options.norm ? kDeviation : 0);
  if (!options.norm) return;
  norm_.emplace(*this, "bn", channels, *options.norm);
  std::ranges::fill(norm_->weight().data().span<float>(), 0.0f);
}

// f(x_i, x_j) / C as [N, queries, keys], of queries and keys [N, positions, channels].
Variable NonLocal::affinities(const Variable& queries, const Variable& keys) const {
  const std::int64_t channels = queries.shape()[2], count = keys.shape()[1];
  if (options_.affinity == Affinity::concatenation) {
    const Variable of_queries = linear(queries, slice(*affinity_, 1, 0, inner_), Variable());
    const Variable of_keys = linear(keys, slice(*affinity_, 1, inner_, inner_), Variable());
    count_products(of_queries, inner_);
    count_products(of_keys, inner_);
    const Variable sums = add(of_queries, reshape(of_keys, {keys.shape()[0], 1, count}));
    return scale(relu(sums), 1 / static_cast<double>(count));
  }
  MatmulOptions product{.transpose_b = true};
  const bool is_softmax = options_.affinity != Affinity::dot_product;
  if (!is_softmax) product.alpha = 1 / static_cast<double>(count);
  if (is_softmax && options_.scaled) product.alpha = 1 / std::sqrt(static_cast<double>(channels));
  const Variable products = matmul(queries, keys, product);
  count_products(products, channels);
  return is_softmax ? softmax(products) : products;
}

Variable NonLocal::forward(const Variable& x) const {
  TraceScope trace(*this, "non-local block");
  const bool is_map = positions_of(x).size() == 2;
  Variable others = x;
  if (options_.subsampled)
    others = is_map ? max_pool2d(x, {pair_of(x, 1), pair_of(x, 2)}) : max_pool1d(x, pair_of(x, 1));
  const Variable from = as_sequence(x), to = as_sequence(others);
  const Variable weights =
      embeds() ? affinities(theta_->forward(from), phi_->forward(to)) : affinities(from, to);
  const Variable values = matmul(weights, g_->forward(to));
  count_products(values, to.shape()[1]);
  Variable y = out_->forward(values);
  if (norm_) y = norm_->forward(y);
  return trace.output(add(x, is_map ? reshape(y, x.shape()) : y));
}

}  // namespace sonograd::layers
