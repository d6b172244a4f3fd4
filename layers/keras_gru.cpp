#include "layers/keras_gru.h"

#include <algorithm>

#include "autograd/ops/copy.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "kernels/core/check.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

std::int64_t checked_units(std::int64_t units) {
  kernels::check_number("keras_gru", "units", static_cast<double>(units), units >= 1, "at least 1");
  return units;
}

Tensor initial_gru_bias(std::int64_t units, const std::optional<float>& gate_bias) {
  const Tensor bias = uniform({3 * units}, units);
  if (gate_bias) std::ranges::fill_n(bias.data<float>(), 2 * units, *gate_bias);
  return bias;
}

}  // namespace

KerasGru::KerasGru(std::int64_t in, std::int64_t units, const KerasGruOptions& options)
    : units_(checked_units(units)),
      gates_(options.gates),
      weight_ih_(*this, "weight_ih", uniform({3 * units, in}, units)),
      weight_hh_(*this, "weight_hh", uniform({3 * units, units}, units)),
      bias_(*this, "bias", initial_gru_bias(units, options.gate_bias)) {}

Variable KerasGru::forward(const Variable& x) const {
  TraceScope trace(*this, "keras_gru ", units_);
  const Shape shape = x.shape();
  if (shape.rank() != 3 || shape[1] < 1 || shape[2] != weight_ih_.shape()[1])
    throw ShapeError(
        concat("[keras_gru] x: expected [N, T, ", weight_ih_.shape()[1], "], T >= 1, got ", shape));
  const Variable inputs = linear(x, weight_ih_, bias_);  // [N, T, 3 units]
  const Variable of_gates = slice(weight_hh_, 0, 0, 2 * units_),
                 of_candidate = slice(weight_hh_, 0, 2 * units_, units_);
  Variable h(Tensor::zeros({shape[0], units_}, x.dtype(), x.device()));
  std::vector<Variable> states;
  for (std::int64_t step = 0; step < shape[1]; ++step) {
    const Variable input = reshape(slice(inputs, 1, step, 1), {shape[0], 3 * units_});
    const Variable gates = activate(gates_, add(slice(input, 1, 0, 2 * units_), linear(h, of_gates, {})));
    const Variable r = slice(gates, 1, 0, units_), z = slice(gates, 1, units_, units_);
    const Variable n = tanh(add(slice(input, 1, 2 * units_, units_), linear(mul(r, h), of_candidate, {})));
    h = add(n, mul(z, sub(h, n)));
    states.push_back(reshape(h, {shape[0], 1, units_}));
  }
  trace_macs(static_cast<double>(shape[0] * shape[1] * 3 * units_ * (shape[2] + units_)));
  return trace.output(concat(states, 1));
}

}  // namespace sonograd::layers
