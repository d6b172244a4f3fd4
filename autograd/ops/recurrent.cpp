#include "autograd/ops/recurrent.h"

#include <algorithm>

#include "autograd/tape.h"
#include "kernels/core/stored.h"
#include "kernels/core/zero.h"
#include "kernels/gemm/gemm.h"
#include "kernels/reduce/reduce.h"
#include "tensor/support/recycled.h"

namespace sonograd {
namespace {

using kernels::gemm;
using kernels::RecurrentProblem;

// Inputs of the recorded op: x, four parameters of each direction, h0, c0.
constexpr std::size_t kParameters = 4, kH0 = 1 + 2 * kParameters, kC0 = kH0 + 1;

// Gradients of the final states, which their own nodes leave here: those run before the node of y.
struct FinalGradients {
  Tensor h, c;
};

void check_parameters(const RecurrentProblem& p, const Variable& x, const RecurrentParameters& w) {
  if (w.weight_ih.shape() != Shape{p.rows(), x.shape()[2]} || w.bias_ih.shape() != Shape{p.rows()}) {
    throw ShapeError(concat("[recurrent] expected weight_ih ", Shape{p.rows(), x.shape()[2]}, " and bias_ih ",
                            Shape{p.rows()}, ", got ", w.weight_ih.shape(), " and ", w.bias_ih.shape()));
  }
}

RecurrentProblem problem_of(Cell cell, const Variable& x, std::span<const RecurrentParameters> directions) {
  if (x.shape().rank() != 3) throw ShapeError(concat("[recurrent] x: expected [N, T, I], got ", x.shape()));
  if (directions.empty() || directions.size() > 2)
    throw ShapeError(concat("[recurrent] expected 1 or 2 directions, got ", directions.size()));
  const Shape& weight = directions[0].weight_hh.shape();
  if (weight.rank() != 2) throw ShapeError(concat("[recurrent] weight_hh: expected [G H, H], got ", weight));
  return RecurrentProblem::make(cell, x.shape()[0], x.shape()[1], weight[1],
                                static_cast<std::int64_t>(directions.size()), x.dtype());
}

// A final state as a value whose gradient reaches the node of y through `place`.
Variable final_state(const Variable& y, const Tensor& state, const std::shared_ptr<FinalGradients>& gradients,
                     Tensor FinalGradients::*place) {
  return record("recurrent_state", {y}, state, [gradients, place](const Tensor& dy, Gradients dx) {
    (*gradients).*place = dy;
    if (dx[0]) kernels::write_zero(dx[0].take());
  });
}

}  // namespace

RecurrentOutput recurrent(Cell cell, const Variable& x, std::span<const RecurrentParameters> directions,
                          const RecurrentBounds& bounds) {
  const RecurrentProblem p = problem_of(cell, x, directions);
  std::array<Variable, kC0 + 1> inputs;
  inputs[0] = x;
  inputs[kH0] = bounds.h0;
  inputs[kC0] = bounds.c0;
  const auto fresh = [&x](const Shape& shape) { return Tensor::empty(shape, x.dtype(), x.device()); };
  const Shape x_rows = {p.batch * p.steps, x.shape()[2]}, gate_rows = {p.batch * p.steps, p.rows()};

  kernels::RecurrentForward::Args args;
  std::array<Tensor, 2> gates, weight_ih, weight_hh;
  for (std::size_t d = 0; d < directions.size(); ++d) {
    const RecurrentParameters& w = directions[d];
    check_parameters(p, x, w);
    const std::array<Variable, kParameters> all = {w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh};
    std::ranges::copy(all, inputs.begin() + 1 + static_cast<std::ptrdiff_t>(d * kParameters));
    weight_ih[d] = w.weight_ih.data();
    weight_hh[d] = w.weight_hh.data();
    gates[d] = fresh(p.gates_shape());
    gemm(x.data().view().reshape(x_rows), weight_ih[d], set(gates[d].view().reshape(gate_rows)),
         {.transpose_b = true}, {.bias = w.bias_ih.data()});
    args.gates[d] = gates[d];
    args.weight_hh[d] = weight_hh[d];
    args.bias_hh[d] = w.bias_hh.data();
  }
  const auto view_of = [](const Tensor& tensor) { return tensor.defined() ? tensor.view() : View(); };
  const bool lstm = cell != Cell::gru;
  const Tensor y = fresh(p.output_shape());
  const Tensor h_n = bounds.final_states ? fresh(p.state_shape()) : Tensor();
  const Tensor c_n = bounds.final_states && lstm ? fresh(p.state_shape()) : Tensor();
  Tensor saved;
  if (needs_gradient(inputs))
    saved = Tensor::empty(p.saved_shape(), kernels::computed_dtype(x.dtype()), x.device());
  const Tensor h0 = bounds.h0.data(), c0 = bounds.c0.data();
  args.h0 = view_of(h0);
  args.c0 = view_of(c0);
  args.lengths = view_of(bounds.lengths);
  args.y = y;
  args.h_n = view_of(h_n);
  args.c_n = view_of(c_n);
  args.saved = view_of(saved);
  kernels::recurrent_forward(p, args);

  const auto finals = saved.defined() && bounds.final_states ? make_recycled<FinalGradients>()
                                                             : std::shared_ptr<FinalGradients>();
  const auto go_back = [p, lstm, x_rows, gate_rows, view_of, x = x.data(), weight_ih, weight_hh, saved, y, h0,
                        c0, lengths = bounds.lengths, finals](const Tensor& dy, Gradients dx) {
    const auto gradient = [&](const Shape& shape) { return Tensor::empty(shape, dy.dtype(), dy.device()); };
    kernels::RecurrentBackward::Args back = {.saved = saved,
                                             .y = y,
                                             .h0 = view_of(h0),
                                             .c0 = view_of(c0),
                                             .lengths = view_of(lengths),
                                             .dy = dy,
                                             .dh_n = finals ? view_of(finals->h) : View(),
                                             .dc_n = finals ? view_of(finals->c) : View(),
                                             .dh0 = dx[kH0].take(),
                                             .dc0 = dx[kC0].take()};
    std::array<Tensor, 2> dgates, dhidden, before;
    const auto count = static_cast<std::size_t>(p.directions);
    for (std::size_t d = 0; d < count; ++d) {
      dgates[d] = gradient(p.gates_shape());
      dhidden[d] = lstm ? dgates[d] : gradient(p.gates_shape());
      before[d] = gradient({p.batch, p.steps, p.units});
      back.weight_hh[d] = weight_hh[d];
      back.dgates[d] = dgates[d];
      if (!lstm) back.dhidden[d] = dhidden[d];
      back.before[d] = before[d];
    }
    kernels::recurrent_backward(p, back);
    Out dx_rows = dx[0] ? dx[0].take().reshape(x_rows) : Out();
    for (std::size_t d = 0; d < count; ++d) {
      const View gate = dgates[d].view().reshape(gate_rows), hidden = dhidden[d].view().reshape(gate_rows);
      if (dx[0]) gemm(gate, weight_ih[d], dx_rows);
      dx_rows.mode = Write::kAdd;
      const std::size_t at = 1 + d * kParameters;
      if (dx[at]) gemm(gate, x.view().reshape(x_rows), dx[at].take(), {.transpose_a = true});
      if (dx[at + 1]) {
        gemm(hidden, before[d].view().reshape({p.batch * p.steps, p.units}), dx[at + 1].take(),
             {.transpose_a = true});
      }
      if (dx[at + 2]) kernels::channel_sum(gate, dx[at + 2].take());
      if (dx[at + 3]) kernels::channel_sum(hidden, dx[at + 3].take());
    }
  };
  RecurrentOutput output;
  output.y = record("recurrent", inputs, y, go_back);
  if (h_n.defined()) output.h_n = final_state(output.y, h_n, finals, &FinalGradients::h);
  if (c_n.defined()) output.c_n = final_state(output.y, c_n, finals, &FinalGradients::c);
  return output;
}

Tensor sequence_lengths(std::span<const std::int64_t> lengths, std::int64_t steps, Device device) {
  std::vector<std::int32_t> checked;
  for (const std::int64_t length : lengths) {
    if (length < 1 || length > steps)
      throw ShapeError(concat("[recurrent] lengths: expected 1 to ", steps, " steps, got ", length));
    checked.push_back(static_cast<std::int32_t>(length));
  }
  return Tensor::from(checked, {static_cast<std::int64_t>(checked.size())}, device);
}

}  // namespace sonograd
