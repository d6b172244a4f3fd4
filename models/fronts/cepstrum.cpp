#include "models/fronts/cepstrum.h"

#include "audio/features.h"
#include "autograd/ops/conv2d.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/linear.h"
#include "layers/trace.h"

namespace sonograd::models {
namespace {

using layers::StateKind;

Tensor cosines_of(std::int64_t bands, std::int64_t n_mfcc) {
  return permute(Variable(audio::cosine_transform(bands, n_mfcc)), {1, 0}).data();  // [n_mfcc, bands]
}

Tensor weights_of(std::int64_t order) {
  const std::vector<double> weights = audio::derivative_weights({.width = kDeltaFrames, .order = order});
  return Tensor::from<double>(weights, {1, kDeltaFrames, 1, 1}).to(DType::f32);
}

Variable in_type(const Tensor& constant, DType dtype) {
  return convert(Variable(constant), dtype);
}

std::string norm_name(std::int64_t order) {
  return concat("delta", order, "_bn");
}

// [N, frames, D, 1], each of the D values normalised by itself.
Variable normalised(const Variable& x, const layers::BatchNorm& norm) {
  const Shape shape = x.shape();
  return reshape(norm.forward(reshape(x, {shape[0], shape[1], shape[2]})), shape);
}

}  // namespace

void CepstrumOptions::read_sizes(const io::NamedTensors& weights, std::string_view name) {
  n_mfcc = extent_of(weights, concat(name, ".bn.weight"), 0);
  deltas = 0;
  while (deltas < 2 && weights.find(concat(name, '.', norm_name(deltas + 1), ".weight")) != nullptr) ++deltas;
}

Cepstrum::Derivative::Derivative(layers::Module& owner, std::int64_t order, std::int64_t n_mfcc)
    : weights(owner, concat("delta", order), weights_of(order), StateKind::constant),
      norm(owner, norm_name(order), n_mfcc) {}

Variable Cepstrum::Derivative::of(const Variable& coefficients) const {
  const Variable inner = conv2d(coefficients, in_type(weights, coefficients.dtype()), {});
  std::vector<Variable> parts(kDeltaFrames / 2, slice(inner, 1, 0, 1));
  parts.push_back(inner);
  parts.insert(parts.end(), kDeltaFrames / 2, slice(inner, 1, inner.shape()[1] - 1, 1));
  return normalised(concat(parts, 1), norm);
}

Cepstrum::Cepstrum(std::int64_t bands, const CepstrumOptions& options)
    : cosines_(*this, "cosines", cosines_of(bands, options.n_mfcc), StateKind::constant),
      norm_(*this, "bn", options.n_mfcc) {
  if (options.deltas < 0 || options.deltas > 2)
    throw ConfigError(concat("[cepstrum] expected 0 to 2 derivatives, got ", options.deltas));
  for (std::int64_t order = 1; order <= options.deltas; ++order)
    derivatives_.push_back(std::make_unique<const Derivative>(*this, order, options.n_mfcc));
}

Variable Cepstrum::forward(const Variable& map) const {
  layers::TraceScope trace(*this, "cepstrum");
  const Shape shape = map.shape();
  const std::int64_t bands = cosines_.shape()[1], least = derivatives_.empty() ? 1 : kDeltaFrames;
  if (shape.rank() != 4 || shape[1] < least || shape[2] != bands || shape[3] != 1)
    throw ShapeError(concat("[cepstrum] x: expected [N, frames, ", bands, ", 1] with at least ", least,
                            " frames, got ", shape));
  const Variable rows = linear(reshape(map, {shape[0], shape[1], bands}), in_type(cosines_, map.dtype()), {});
  const Variable coefficients = reshape(rows, {shape[0], shape[1], rows.shape()[2], 1});
  std::vector<Variable> channels = {normalised(coefficients, norm_)};
  for (const auto& derivative : derivatives_) channels.push_back(derivative->of(coefficients));
  return trace.output(concat(channels, 3));
}

}  // namespace sonograd::models
