#include "models/explain/label_score.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops/pointwise.h"
#include "autograd/tape.h"
#include "kernels/core/context.h"
#include "models/core/model_error.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

constexpr double kFloorDecibels = -100;
// Inputs of as many seconds together: gradients keep all values between the layers.
constexpr std::int64_t kSecondsAtOnce = 15;

Tensor on_host(const Tensor& values) {
  const Tensor host = values.to(Device{});
  return (host.dtype() == DType::f64 ? host : host.to(DType::f32)).clone();
}

// Row `row` of [N, labels].
std::vector<double> row_of(const Tensor& logits, std::int64_t row) {
  const Tensor all = logits.to(DType::f64).rows(row, 1);
  return {all.span<double>().begin(), all.span<double>().end()};
}

}  // namespace

LabelScore::LabelScore(const Network& network, Output output, std::int64_t label, Device device)
    : network_(network),
      output_(output),
      label_(static_cast<std::size_t>(label)),
      device_(device),
      in_decibels_(network.feature_axes().unit == FeatureUnit::power),
      batch_(
          std::max<std::int64_t>(1, kSecondsAtOnce * network.input().sample_rate / network.input().samples)),
      arena_(device) {}

Tensor LabelScore::input_of(std::span<const float> chunk) const {
  const NoGrad no_grad;
  const kernels::BatchInvariantScope alone;
  const Tensor waveform = Tensor::from(chunk, {1, std::ssize(chunk)}, device_);
  const Tensor input = on_host(network_.features(waveform));
  if (!in_decibels_) return input;
  for (float& value : input.span<float>()) {
    const double decibels = 10 * std::log10(static_cast<double>(value));
    value = static_cast<float>(decibels > kFloorDecibels ? decibels : kFloorDecibels);
  }
  return input;
}

Variable LabelScore::logits(const Variable& inputs) const {
  try {
    return network_.logits(in_decibels_ ? exp(scale(inputs, std::log(10.0) / 10)) : inputs);
  } catch (const ShapeError& error) {
    throw ModelError(concat("the network cannot take its chunks of ", network_.input().samples,
                            " samples: ", error.what()));
  }
}

double LabelScore::log_odds_of(std::span<const double> logits) const {
  double result = logits[label_];
  if (output_ == Output::softmax && logits.size() > 1) {
    double highest = -HUGE_VAL, sum = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (i != label_) highest = std::max(highest, logits[i]);
    }
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (i != label_) sum += std::exp(logits[i] - highest);
    }
    result -= highest + std::log(sum);
  }
  if (!std::isfinite(result)) throw FormatError("the outputs of the network are not finite");
  return result;
}

std::vector<double> LabelScore::log_odds(const Tensor& inputs) {
  const NoGrad no_grad;
  const kernels::BatchInvariantScope alone;
  const ArenaScope scope(arena_);
  const Tensor rows = on_host(logits(Variable(inputs.to(device_))).data());
  std::vector<double> result;
  for (std::int64_t i = 0; i < inputs.shape()[0]; ++i) result.push_back(log_odds_of(row_of(rows, i)));
  return result;
}

auto LabelScore::slope(const Tensor& inputs) -> Slope {
  const kernels::BatchInvariantScope alone;
  const ArenaScope scope(arena_);
  const Variable leaf(inputs.to(device_), true);
  const GradientOf inputs_only(leaf);
  const Variable outputs = logits(leaf);
  const Tensor rows = on_host(outputs.data());
  Slope result;
  const Tensor seed = Tensor::zeros(rows.shape(), rows.dtype());
  for (std::int64_t i = 0; i < inputs.shape()[0]; ++i) {
    const std::vector<double> row = row_of(rows, i);
    result.log_odds.push_back(log_odds_of(row));
    const double others = row[label_] - result.log_odds.back();  // log of the sum of their exponentials
    visit_real(seed.dtype(), "slope", [&](auto type) {
      using T = decltype(type);
      const std::span<T> slopes = seed.rows(i, 1).template span<T>();
      if (output_ == Output::softmax && row.size() > 1) {
        std::ranges::transform(row, slopes.begin(),
                               [&](double logit) { return static_cast<T>(-std::exp(logit - others)); });
      }
      slopes[label_] = 1;
    });
  }
  if (outputs.requires_grad()) backward(outputs, seed.to(outputs.dtype()).to(device_));
  const NoArenaScope outlives_the_call;
  const Tensor gradient = leaf.gradient();
  result.gradient = gradient.defined() ? on_host(gradient) : Tensor::zeros(inputs.shape(), inputs.dtype());
  visit_real(result.gradient.dtype(), "slope", [&](auto type) {
    const auto values = result.gradient.span<decltype(type)>();
    if (!std::ranges::all_of(values, [](auto value) { return std::isfinite(value); }))
      throw FormatError("the slopes of the network are not finite");
  });
  return result;
}

double probability_of(double log_odds) {
  return 1 / (1 + std::exp(-log_odds));
}

}  // namespace sonograd::models
