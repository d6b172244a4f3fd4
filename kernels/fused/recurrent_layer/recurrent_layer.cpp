#include "kernels/fused/recurrent_layer/recurrent_layer.h"

#include "kernels/core/check.h"
#include "kernels/core/composed.h"
#include "kernels/core/select.h"
#include "kernels/core/zero.h"
#include "kernels/gemm/gemm.h"
#include "kernels/reduce/reduce.h"
#include "kernels/vendor/cudnn_recurrent.h"

namespace sonograd::kernels {
namespace {

// ---- composed: the plain kernels one after the other.
const char* why_not_composed(const RecurrentLayerProblem& p, const Context&) {
  return p.dtype == DType::bf16 ? "requires f32" : nullptr;
}

View take(const Shape& shape, const RecurrentLayerProblem& p, Device device, Workspace& workspace) {
  return workspace.take(shape, p.dtype, device);
}

DirectionViews take_each(const Shape& shape, const RecurrentLayerProblem& p, Device device,
                         Workspace& workspace) {
  DirectionViews views;
  for (std::int64_t d = 0; d < p.cells.directions; ++d)
    views[static_cast<std::size_t>(d)] = take(shape, p, device, workspace);
  return views;
}

std::size_t bytes_of_each(const Shape& shape, const RecurrentLayerProblem& p) {
  return static_cast<std::size_t>(p.cells.directions) * Workspace::bytes(shape, p.dtype);
}

// A sequence of rows as a matrix.
View rows_of(const View& view) {
  return view.reshape({view.shape[0] * view.shape[1], view.shape[2]});
}

template <class Args>
DirectionViews multiply_inputs(const RecurrentLayerProblem& p, const Args& a, Workspace& workspace) {
  const DirectionViews gates = take_each(p.cells.gates_shape(), p, a.x.device, workspace);
  for (std::size_t d = 0; d < static_cast<std::size_t>(p.cells.directions); ++d) {
    gemm(rows_of(a.x), a.weights.weight_ih[d], set(rows_of(gates[d])), {.transpose_b = true},
         {.bias = a.weights.bias_ih[d]});
  }
  return gates;
}

void run_forward(const RecurrentLayerProblem& p, const RecurrentLayerForward::Args& a, const Context&,
                 Workspace workspace) {
  recurrent_forward(p.cells, {.gates = multiply_inputs(p, a, workspace),
                              .weight_hh = a.weights.weight_hh,
                              .bias_hh = a.weights.bias_hh,
                              .h0 = a.h0,
                              .c0 = a.c0,
                              .lengths = a.lengths,
                              .y = a.y,
                              .h_n = a.h_n,
                              .c_n = a.c_n});
}

Shape before_shape(const RecurrentLayerProblem& p) {
  return {p.cells.batch, p.cells.steps, p.cells.units};
}

std::size_t training_workspace(const RecurrentLayerProblem& p) {
  const std::size_t gates = bytes_of_each(p.cells.gates_shape(), p);
  return (p.cells.cell == Cell::gru ? 2 : 1) * gates + Workspace::bytes(p.cells.saved_shape(), p.dtype) +
         bytes_of_each(before_shape(p), p);
}

void run_training(const RecurrentLayerProblem& p, const RecurrentLayerTraining::Args& a, const Context&,
                  Workspace workspace) {
  // Gradients of the gates take the place of the gates.
  const DirectionViews gates = multiply_inputs(p, a, workspace);
  const View saved = take(p.cells.saved_shape(), p, a.x.device, workspace);
  recurrent_forward(p.cells, {.gates = gates,
                              .weight_hh = a.weights.weight_hh,
                              .bias_hh = a.weights.bias_hh,
                              .h0 = a.h0,
                              .c0 = a.c0,
                              .lengths = a.lengths,
                              .y = a.y,
                              .saved = saved});
  RecurrentBackward::Args back = {.weight_hh = a.weights.weight_hh,
                                  .saved = saved,
                                  .y = a.y,
                                  .h0 = a.h0,
                                  .c0 = a.c0,
                                  .lengths = a.lengths,
                                  .dy = a.dy,
                                  .dh_n = a.dh_n,
                                  .dc_n = a.dc_n,
                                  .dgates = gates,
                                  .dh0 = set(a.dh0),
                                  .dc0 = set(a.dc0)};
  const bool gru = p.cells.cell == Cell::gru;
  if (gru) back.dhidden = take_each(p.cells.gates_shape(), p, a.x.device, workspace);
  back.before = take_each(before_shape(p), p, a.x.device, workspace);
  recurrent_backward(p.cells, back);
  Out dx = set(rows_of(a.dx));
  for (std::size_t d = 0; d < static_cast<std::size_t>(p.cells.directions); ++d) {
    const View gate = rows_of(gates[d]), hidden = gru ? rows_of(back.dhidden[d]) : gate;
    gemm(gate, a.weights.weight_ih[d], dx);
    dx.mode = Write::kAdd;
    gemm(gate, rows_of(a.x), set(a.dweights.weight_ih[d]), {.transpose_a = true});
    gemm(hidden, rows_of(back.before[d]), set(a.dweights.weight_hh[d]), {.transpose_a = true});
    channel_sum(gate, set(a.dweights.bias_ih[d]));
    channel_sum(hidden, set(a.dweights.bias_hh[d]));
  }
}

constexpr EveryDevice<RecurrentLayerForward> kComposedForward({
    .name = "composed",
    .why_not = why_not_composed,
    .workspace = [](const RecurrentLayerProblem& p) { return bytes_of_each(p.cells.gates_shape(), p); },
    .run = run_forward,
});
constexpr EveryDevice<RecurrentLayerTraining> kComposedTraining({
    .name = "composed",
    .why_not = why_not_composed,
    .workspace = training_workspace,
    .run = run_training,
});

// One row per line.
// clang-format off
constexpr const KernelVariant<RecurrentLayerForward>* kForward[] = {
    SONOGRAD_ON_EVERY_DEVICE(kComposedForward),
    SONOGRAD_CUDNN_ROW(recurrent_layer_forward_cudnn)
    SONOGRAD_CUDNN_ROW(recurrent_layer_forward_cudnn_persistent)
};
constexpr const KernelVariant<RecurrentLayerTraining>* kTraining[] = {
    SONOGRAD_ON_EVERY_DEVICE(kComposedTraining),
    SONOGRAD_CUDNN_ROW(recurrent_layer_training_cudnn)
    SONOGRAD_CUDNN_ROW(recurrent_layer_training_cudnn_persistent)
};
// clang-format on

void check(const RecurrentLayerProblem& p, std::string_view name, const View& view, const Shape& shape) {
  check_dense("recurrent_layer", name, view, shape, p.dtype);
}
void check_each(const RecurrentLayerProblem& p, std::string_view name, const DirectionViews& views,
                const Shape& shape) {
  for (std::int64_t d = 0; d < p.cells.directions; ++d)
    check(p, name, views[static_cast<std::size_t>(d)], shape);
}
void check_weights(const RecurrentLayerProblem& p, const RecurrentLayerWeights& weights) {
  check_each(p, "weight_ih", weights.weight_ih, p.weight_ih_shape());
  check_each(p, "weight_hh", weights.weight_hh, p.weight_hh_shape());
  check_each(p, "bias_ih", weights.bias_ih, p.bias_shape());
  check_each(p, "bias_hh", weights.bias_hh, p.bias_shape());
}
// Checks a state that may be undefined, of the cell or of its output.
void check_state(const RecurrentLayerProblem& p, std::string_view name, const View& view, bool of_cell) {
  if (!view.defined()) return;
  if (of_cell && p.cells.cell == Cell::gru)
    throw ShapeError(concat("[recurrent_layer] ", name, ": GRU has no cell state"));
  check(p, name, view, p.cells.state_shape());
}
// The gradients of no sequences.
void write_zeros(const RecurrentLayerProblem& p, const RecurrentLayerWeights& gradients) {
  for (const DirectionViews* each :
       {&gradients.weight_ih, &gradients.weight_hh, &gradients.bias_ih, &gradients.bias_hh}) {
    for (std::int64_t d = 0; d < p.cells.directions; ++d)
      write_zero(set((*each)[static_cast<std::size_t>(d)]));
  }
}
void check_bounds(const RecurrentLayerProblem& p, const View& h0, const View& c0, const View& lengths) {
  check_state(p, "h0", h0, false);
  check_state(p, "c0", c0, true);
  if (lengths.defined()) check_dense("recurrent_layer", "lengths", lengths, {p.cells.batch}, DType::i32);
}

}  // namespace

RecurrentLayerProblem RecurrentLayerProblem::make(const RecurrentProblem& cells, std::int64_t inputs) {
  if (inputs < 1) throw ShapeError(concat("[recurrent_layer] expected inputs of at least 1, got ", inputs));
  if (cells.cell == Cell::hard_lstm)
    throw ShapeError("[recurrent_layer] expected gru or lstm cells, got hard_lstm");
  return {cells, inputs, cells.dtype};
}

double RecurrentLayerProblem::flops() const {
  return 2.0 * static_cast<double>(cells.sequences() * cells.steps * cells.rows()) *
         static_cast<double>(inputs + cells.units);
}

double RecurrentLayerProblem::bytes(int like_x, int like_y, int like_weights) const {
  const auto weights = static_cast<double>(cells.directions * cells.rows() * (inputs + cells.units + 2));
  return static_cast<double>(size_of(dtype)) *
         (like_x * static_cast<double>(input_shape().numel()) +
          like_y * static_cast<double>(cells.output_shape().numel()) + like_weights * weights);
}

void recurrent_layer_forward(const RecurrentLayerProblem& p, const RecurrentLayerForward::Args& a) {
  check(p, "x", a.x, p.input_shape());
  check_weights(p, a.weights);
  check_bounds(p, a.h0, a.c0, a.lengths);
  check(p, "y", a.y, p.cells.output_shape());
  check_state(p, "h_n", a.h_n, false);
  check_state(p, "c_n", a.c_n, true);
  if (p.cells.batch == 0) return;
  run<RecurrentLayerForward>(kForward, p, a);
}

void recurrent_layer_training(const RecurrentLayerProblem& p, const RecurrentLayerTraining::Args& a) {
  check(p, "x", a.x, p.input_shape());
  check_weights(p, a.weights);
  check_bounds(p, a.h0, a.c0, a.lengths);
  check(p, "dy", a.dy, p.cells.output_shape());
  check_state(p, "dh_n", a.dh_n, false);
  check_state(p, "dc_n", a.dc_n, true);
  check(p, "y", a.y, p.cells.output_shape());
  check(p, "dx", a.dx, p.input_shape());
  check_weights(p, a.dweights);
  check_state(p, "dh0", a.dh0, false);
  check_state(p, "dc0", a.dc0, true);
  if (p.cells.batch == 0) return write_zeros(p, a.dweights);
  run<RecurrentLayerTraining>(kTraining, p, a);
}

TableList recurrent_layer_tables() {
  return {describe<RecurrentLayerForward>(kForward), describe<RecurrentLayerTraining>(kTraining)};
}

}  // namespace sonograd::kernels
