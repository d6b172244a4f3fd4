#include "layers/recurrent.h"

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "kernels/core/check.h"
#include "layers/random_scope.h"
#include "layers/trace.h"

namespace sonograd::layers {

Recurrent::Recurrent(Cell cell, std::int64_t in, std::int64_t units, const RecurrentOptions& options)
    : cell_(cell), units_(units), directions_(options.bidirectional ? 2 : 1), options_(options) {
  const auto check = [&](std::string_view name, auto value, bool holds, std::string_view expected) {
    kernels::check_number(name_of(cell), name, static_cast<double>(value), holds, expected);
  };
  check("units", units, units >= 1, "at least 1");
  check("layers", options.layers, options.layers >= 1, "at least 1");
  check("dropout", options.dropout, options.dropout >= 0 && options.dropout < 1, "a number in [0, 1)");
  const std::int64_t rows = kernels::gates_of(cell) * units;
  for (std::int64_t layer = 0; layer < options.layers; ++layer) {
    const std::int64_t inputs = layer == 0 ? in : directions_ * units;
    for (std::int64_t d = 0; d < directions_; ++d) {
      const std::string suffix = sonograd::concat("_l", layer, d == 0 ? "" : "_reverse");
      parameters_.emplace_back(*this, "weight_ih" + suffix, uniform({rows, inputs}, units));
      parameters_.emplace_back(*this, "weight_hh" + suffix, uniform({rows, units}, units));
      parameters_.emplace_back(*this, "bias_ih" + suffix, uniform({rows}, units));
      parameters_.emplace_back(*this, "bias_hh" + suffix, uniform({rows}, units));
    }
  }
}

Variable Recurrent::forward(const Variable& x) const {
  return forward(x, {}).y;
}

RecurrentOutput Recurrent::forward(const Variable& x, const Bounds& bounds) const {
  TraceScope trace(*this, name_of(cell_));
  const auto part = [&](const Variable& states, std::int64_t layer) {
    if (!states.defined() || options_.layers == 1) return states;
    return slice(states, 0, layer * directions_, directions_);
  };
  Variable y = x;
  std::vector<Variable> h_n, c_n;
  double macs = 0;
  for (std::int64_t layer = 0; layer < options_.layers; ++layer) {
    if (layer > 0 && training() && options_.dropout > 0)
      y = dropout(y, options_.dropout, RandomScope::next(RandomStream::dropout));
    const std::array<RecurrentParameters, 2> parameters = parameters_of(layer);
    const auto inputs = static_cast<double>(parameters[0].weight_ih.shape()[1] + units_);
    const RecurrentOutput output =
        recurrent(cell_, y, std::span(parameters).first(static_cast<std::size_t>(directions_)),
                  {part(bounds.h0, layer), part(bounds.c0, layer), bounds.lengths, bounds.final_states});
    y = output.y;
    macs += static_cast<double>(y.data().numel() * kernels::gates_of(cell_)) * inputs;
    if (!bounds.final_states) continue;
    h_n.push_back(output.h_n);
    c_n.push_back(output.c_n);
  }
  trace_macs(macs);
  trace.output(y);
  if (!bounds.final_states) return {y, {}, {}};
  return {y, concat(h_n, 0), cell_ != Cell::gru ? concat(c_n, 0) : Variable()};
}

std::array<RecurrentParameters, 2> Recurrent::parameters_of(std::int64_t layer) const {
  std::array<RecurrentParameters, 2> directions;
  for (std::int64_t d = 0; d < directions_; ++d) {
    const auto first = parameters_.begin() + 4 * (layer * directions_ + d);
    directions[static_cast<std::size_t>(d)] = {first[0], first[1], first[2], first[3]};
  }
  return directions;
}

}  // namespace sonograd::layers
