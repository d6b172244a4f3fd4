#include "layers/keras_lstm.h"

#include <array>

#include "autograd/ops/recurrent.h"
#include "kernels/core/check.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

constexpr std::size_t kPerDirection = 3;

std::int64_t checked_lstm_units(std::int64_t units) {
  kernels::check_number("keras_lstm", "units", static_cast<double>(units), units >= 1, "at least 1");
  return units;
}

// 0, and 1 in the rows of the forget gate.
Tensor initial_lstm_bias(std::int64_t units) {
  const Tensor bias = Tensor::zeros({4 * units});
  for (float& value :
       bias.span<float>().subspan(static_cast<std::size_t>(units), static_cast<std::size_t>(units)))
    value = 1;
  return bias;
}

}  // namespace

KerasLstm::KerasLstm(std::int64_t in, std::int64_t units, Directions directions)
    : units_(checked_lstm_units(units)) {
  for (const std::string_view suffix : {"", "_reverse"}) {
    if (directions == Directions::forward && !suffix.empty()) break;
    parameters_.emplace_back(*this, concat("weight_ih", suffix), uniform({4 * units, in}, units));
    parameters_.emplace_back(*this, concat("weight_hh", suffix), uniform({4 * units, units}, units));
    parameters_.emplace_back(*this, concat("bias", suffix), initial_lstm_bias(units));
  }
}

Variable KerasLstm::forward(const Variable& x) const {
  const std::size_t directions = parameters_.size() / kPerDirection;
  TraceScope trace(*this, "keras_lstm ", units_, directions == 2 ? " both" : "");
  const Shape shape = x.shape();
  const std::int64_t in = parameters_[0].shape()[1];
  if (shape.rank() != 3 || shape[1] < 1 || shape[2] != in)
    throw ShapeError(concat("[keras_lstm] x: expected [N, T, ", in, "], T >= 1, got ", shape));
  // The op has a second bias, that of the products of the states.
  const Variable no_bias(Tensor::zeros({4 * units_}, x.dtype(), x.device()));
  std::array<RecurrentParameters, 2> parameters;
  for (std::size_t d = 0; d < directions; ++d) {
    const auto first = parameters_.begin() + static_cast<std::ptrdiff_t>(d * kPerDirection);
    parameters[d] = {first[0], first[1], first[2], no_bias};
  }
  const Variable y = recurrent(Cell::hard_lstm, x, std::span(parameters).first(directions)).y;
  trace_macs(static_cast<double>(y.data().numel() * 4 * (in + units_)));
  return trace.output(y);
}

}  // namespace sonograd::layers
