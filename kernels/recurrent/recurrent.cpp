#include "kernels/recurrent/recurrent.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/core/stored.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<RecurrentForward> recurrent_forward_reference, recurrent_forward_simd;
extern const KernelVariant<RecurrentBackward> recurrent_backward_reference, recurrent_backward_simd;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<RecurrentForward> recurrent_forward_naive,
                   recurrent_forward_cooperative, recurrent_forward_cluster, recurrent_forward_persistent,
                   recurrent_forward_mma, recurrent_forward_warp;
                   extern const KernelVariant<RecurrentBackward> recurrent_backward_naive,
                   recurrent_backward_cooperative, recurrent_backward_cluster, recurrent_backward_persistent,
                   recurrent_backward_mma, recurrent_backward_warp;)

namespace {

// clang-format off
constexpr const KernelVariant<RecurrentForward>* kForward[] = {
    &cpu::recurrent_forward_reference,
    &cpu::recurrent_forward_simd,
    SONOGRAD_ON_CUDA(recurrent_forward_naive),
    SONOGRAD_ON_CUDA(recurrent_forward_cooperative),
    SONOGRAD_ON_CUDA(recurrent_forward_cluster),
    SONOGRAD_ON_CUDA(recurrent_forward_persistent),
    SONOGRAD_ON_CUDA(recurrent_forward_mma),
    SONOGRAD_ON_CUDA(recurrent_forward_warp),
};
constexpr const KernelVariant<RecurrentBackward>* kBackward[] = {
    &cpu::recurrent_backward_reference,
    &cpu::recurrent_backward_simd,
    SONOGRAD_ON_CUDA(recurrent_backward_naive),
    SONOGRAD_ON_CUDA(recurrent_backward_cooperative),
    SONOGRAD_ON_CUDA(recurrent_backward_cluster),
    SONOGRAD_ON_CUDA(recurrent_backward_persistent),
    SONOGRAD_ON_CUDA(recurrent_backward_mma),
    SONOGRAD_ON_CUDA(recurrent_backward_warp),
};
// clang-format on

void check(const RecurrentProblem& p, std::string_view name, const View& view, const Shape& shape) {
  check_dense("recurrent", name, view, shape, p.dtype);
}
// Checks a view that may be undefined.
void check_if_given(const RecurrentProblem& p, std::string_view name, const View& view, const Shape& shape) {
  if (view.defined()) check(p, name, view, shape);
}
void check_each(const RecurrentProblem& p, std::string_view name, const DirectionViews& views,
                const Shape& shape) {
  for (std::int64_t d = 0; d < p.directions; ++d) check(p, name, views[static_cast<std::size_t>(d)], shape);
}
void check_lengths(const RecurrentProblem& p, const View& lengths) {
  if (lengths.defined()) check_dense("recurrent", "lengths", lengths, {p.batch}, DType::i32);
}
void check_cell_state(const RecurrentProblem& p, std::string_view name, const View& view) {
  if (p.cell == Cell::gru && view.defined())
    throw ShapeError(concat("[recurrent] ", name, ": GRU has no cell state"));
  check_if_given(p, name, view, p.state_shape());
}

}  // namespace

RecurrentProblem RecurrentProblem::make(Cell cell, std::int64_t batch, std::int64_t steps, std::int64_t units,
                                        std::int64_t directions, DType dtype) {
  if (steps < 1 || units < 1 || directions < 1 || directions > 2) {
    throw ShapeError(concat("[recurrent] expected steps and units of at least 1 and 1 or 2 directions, got ",
                            steps, " steps, ", units, " units, ", directions, " directions"));
  }
  return {cell, batch, steps, units, directions, dtype};
}

double RecurrentProblem::flops() const {
  return 2.0 * static_cast<double>(sequences() * steps * rows()) * static_cast<double>(units);
}

double RecurrentProblem::bytes(bool backward) const {
  const auto values = static_cast<double>(sequences() * steps * units);
  const auto weights = static_cast<double>(directions * rows() * units);
  // Forward: gates and y. Backward: y, dy, dgates, `before`, and dhidden of GRU.
  const auto g = static_cast<double>(gates());
  const double touched = backward ? 3 + g * (cell == Cell::gru ? 2 : 1) : g + 1;
  return static_cast<double>(size_of(dtype)) * (touched * values + weights) +
         static_cast<double>(size_of(computed_dtype(dtype)) * static_cast<std::size_t>(saved_of(cell))) *
             values;
}

void recurrent_forward(const RecurrentProblem& p, const RecurrentForward::Args& a) {
  check_each(p, "gates", a.gates, p.gates_shape());
  check_each(p, "weight_hh", a.weight_hh, {p.rows(), p.units});
  check_each(p, "bias_hh", a.bias_hh, {p.rows()});
  check_if_given(p, "h0", a.h0, p.state_shape());
  check_cell_state(p, "c0", a.c0);
  check_lengths(p, a.lengths);
  check(p, "y", a.y, p.output_shape());
  check_if_given(p, "h_n", a.h_n, p.state_shape());
  check_cell_state(p, "c_n", a.c_n);
  if (a.saved.defined()) check_dense("recurrent", "saved", a.saved, p.saved_shape(), computed_dtype(p.dtype));
  if (p.batch == 0) return;
  run<RecurrentForward>(kForward, p, a);
}

void recurrent_backward(const RecurrentProblem& p, const RecurrentBackward::Args& a) {
  check_each(p, "weight_hh", a.weight_hh, {p.rows(), p.units});
  check_dense("recurrent", "saved", a.saved, p.saved_shape(), computed_dtype(p.dtype));
  check(p, "y", a.y, p.output_shape());
  check_if_given(p, "h0", a.h0, p.state_shape());
  check_cell_state(p, "c0", a.c0);
  check_lengths(p, a.lengths);
  check(p, "dy", a.dy, p.output_shape());
  check_if_given(p, "dh_n", a.dh_n, p.state_shape());
  check_cell_state(p, "dc_n", a.dc_n);
  check_each(p, "dgates", a.dgates, p.gates_shape());
  if (p.cell == Cell::gru) check_each(p, "dhidden", a.dhidden, p.gates_shape());
  check_each(p, "before", a.before, {p.batch, p.steps, p.units});
  check_if_given(p, "dh0", a.dh0.view, p.state_shape());
  check_cell_state(p, "dc0", a.dc0.view);
  if (p.batch == 0) return;
  run<RecurrentBackward>(kBackward, p, a);
}

TableList recurrent_tables() {
  return {describe<RecurrentForward>(kForward), describe<RecurrentBackward>(kBackward)};
}

}  // namespace sonograd::kernels
