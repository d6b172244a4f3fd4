// Recurrence of one layer of GRU or LSTM cells, in one direction or both.
//
// GRU (Cho et al., "Learning phrase representations using RNN encoder-decoder", EMNLP 2014), with the reset gate behind the
// product, as in PyTorch and cuDNN; a = gates[n, t], the products of the inputs, and h the state before the step:
//   r = sigmoid(a_r + W_r h + b_r)        q = W_n h + b_n
//   z = sigmoid(a_z + W_z h + b_z)        n = tanh(a_n + r q)              h' = (1 - z) n + z h
// LSTM (Hochreiter, Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997; forget gate by Gers et al., 2000):
//   i, f, o = sigmoid(a + W h + b)        g = tanh(a_g + W_g h + b_g)      c' = f c + i g         h' = o tanh(c')
// LSTM with hard gates (Keras before 2.1): the same with s(a) = min(1, max(0, 0.2 a + 0.5)) for sigmoid, and s' = 0 at its corners.
//
//   N sequences of T steps, H units, D directions (1 or 2: forward, backward in time), G gates: 3 (r, z, n) or 4 (i, f, g, o).
//   gates [N, T, G H], weight_hh [G H, H] and bias_hh [G H] of each direction; the gates contain the bias of the inputs
//   h0, c0 [D, N, H], zero if undefined; c0 for LSTM only
//   lengths [N], i32, values 0 to T (others are taken as the nearest of these): a sequence ends there, its reverse direction
//   begins at its last step, and y is 0 behind it; undefined: T
//   y [N, T, D H], h_n and c_n [D, N, H] (the state after the last step; h_n = h0 for a length of 0)
//   saved [N, T, D, S, H], for backward: r, z, n, q of GRU, i, f, g, o, c' of LSTM; undefined steps behind a sequence
//
// Backward, from dy, dh_n, dc_n (the last two zero if undefined), and from the values that are saved:
//   dgates [N, T, G H]: gradient of the gates, 0 behind a sequence
//   dhidden [N, T, G H]: gradient of W h + b, which differs from dgates in the third gate of GRU (GRU only)
//   before [N, T, H]: h before each step, 0 behind a sequence: weight gradients are products of dhidden (LSTM: dgates) and it
//
//   f32 (f64: `reference` only), or bf16: everything but `saved`, which is f32 then. States are float32 from step to step; h
//   is rounded to bf16 when it is stored in y, where backward reads it.
// Memory: N T D S H values are saved. Multiply-accumulates: N T D G H^2 forward, as many backward.
// Errors: ShapeError when extents do not fit; DTypeError for other element types.
#pragma once

#include <array>

#include "kernels/core/variant.h"

namespace sonograd::kernels {

enum class Cell : std::uint8_t { gru, lstm, hard_lstm };

constexpr std::string_view name_of(Cell cell) {
  return cell == Cell::gru ? "gru" : cell == Cell::lstm ? "lstm" : "hard_lstm";
}
constexpr std::int64_t gates_of(Cell cell) {
  return cell == Cell::gru ? 3 : 4;
}
/// Values of one unit and step that are saved for backward.
constexpr std::int64_t saved_of(Cell cell) {
  return cell == Cell::gru ? 4 : 5;
}

struct RecurrentProblem {
  Cell cell = Cell::gru;
  std::int64_t batch = 0, steps = 0, units = 0, directions = 1;  ///< N, T, H, D
  DType dtype = DType::f32;

  /// Throws ShapeError unless steps, units >= 1 and directions is 1 or 2.
  static RecurrentProblem make(Cell cell, std::int64_t batch, std::int64_t steps, std::int64_t units,
                               std::int64_t directions, DType dtype = DType::f32);

  std::int64_t gates() const { return gates_of(cell); }
  /// G H, the rows of a weight.
  std::int64_t rows() const { return gates() * units; }
  Shape gates_shape() const { return {batch, steps, rows()}; }
  Shape state_shape() const { return {directions, batch, units}; }
  Shape output_shape() const { return {batch, steps, directions * units}; }
  Shape saved_shape() const { return {batch, steps, directions, saved_of(cell), units}; }
  /// Sequences in both directions.
  std::int64_t sequences() const { return directions * batch; }
  double flops() const;
  /// Bytes of the tensors that have steps, each touched once, and of the weights.
  double bytes(bool backward) const;
  std::string summary() const {
    return concat(name_of(cell), ' ', batch, 'x', steps, 'x', units, directions == 2 ? " both " : " ",
                  name_of(dtype));
  }
};

/// One view for each direction; the second one is undefined for one direction.
using DirectionViews = std::array<View, 2>;

struct RecurrentForward {
  static constexpr std::string_view name = "recurrent_forward";
  using Problem = RecurrentProblem;
  static double bytes(const Problem& p) { return p.bytes(false); }
  struct Args {
    DirectionViews gates, weight_hh, bias_hh;
    View h0, c0, lengths;
    View y, h_n, c_n, saved;
  };
};
struct RecurrentBackward {
  static constexpr std::string_view name = "recurrent_backward";
  using Problem = RecurrentProblem;
  static double bytes(const Problem& p) { return p.bytes(true); }
  struct Args {
    DirectionViews weight_hh;
    View saved, y, h0, c0, lengths;
    View dy, dh_n, dc_n;
    DirectionViews dgates, dhidden, before;
    Out dh0, dc0;
  };
};

/// y, h_n, c_n and `saved` are always replaced. h_n and c_n are undefined if they are not needed, `saved` for inference.
void recurrent_forward(const RecurrentProblem& p, const RecurrentForward::Args& args);
/// dgates, dhidden and `before` are always replaced. dh0 and dc0 are undefined if they are not needed.
void recurrent_backward(const RecurrentProblem& p, const RecurrentBackward::Args& args);

}  // namespace sonograd::kernels
