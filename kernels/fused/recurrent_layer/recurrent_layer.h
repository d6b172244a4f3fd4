// A whole layer of GRU or LSTM cells, with logistic gates, in one call: the products with the inputs and the recurrence, and for training all
// gradients. It is the unit that other libraries offer, which keep the values between forward and backward in a format of their
// own: their rows are in these tables, beside ours. Networks call the ops one by one (autograd/ops/recurrent), because their
// backward pass comes later.
//
//   forward   gates = x weight_ih^T + bias_ih for each direction; y, h_n, c_n as in kernels/recurrent/recurrent.h
//   training  y, and from dy, dh_n, dc_n the gradients of x, of weights and biases, of h0 and c0
//
//   x, dx [N, T, I]; weight_ih [G H, I], weight_hh [G H, H], bias_ih and bias_hh [G H] of each direction, and their gradients
//   h0, c0, lengths, y, h_n, c_n, dy, dh_n, dc_n, dh0, dc0 as in recurrent.h
//   f32 (f64: `composed` only)
// Errors: ShapeError when extents do not fit; DTypeError for other element types.
#pragma once

#include "kernels/recurrent/recurrent.h"

namespace sonograd::kernels {

struct RecurrentLayerProblem {
  RecurrentProblem cells;
  std::int64_t inputs = 0;  ///< I
  DType dtype = DType::f32;

  /// Throws ShapeError unless inputs >= 1 and the gates are logistic.
  static RecurrentLayerProblem make(const RecurrentProblem& cells, std::int64_t inputs);
  Shape input_shape() const { return {cells.batch, cells.steps, inputs}; }
  Shape weight_ih_shape() const { return {cells.rows(), inputs}; }
  Shape weight_hh_shape() const { return {cells.rows(), cells.units}; }
  Shape bias_shape() const { return {cells.rows()}; }
  /// Operations of the products of the forward pass; the gradients take twice as many.
  double flops() const;
  /// Bytes of `like_x` tensors like x, `like_y` like y and `like_weights` like all weights, each touched once.
  double bytes(int like_x, int like_y, int like_weights) const;
  std::string summary() const { return concat(cells.summary(), " of ", inputs); }
};

/// Parameters, or their gradients.
struct RecurrentLayerWeights {
  DirectionViews weight_ih, weight_hh, bias_ih, bias_hh;
};

struct RecurrentLayerForward {
  static constexpr std::string_view name = "recurrent_layer_forward";
  using Problem = RecurrentLayerProblem;
  static double bytes(const Problem& p) { return p.bytes(1, 1, 1); }
  struct Args {
    View x;
    RecurrentLayerWeights weights;
    View h0, c0, lengths;
    View y, h_n, c_n;
  };
};
struct RecurrentLayerTraining {
  static constexpr std::string_view name = "recurrent_layer_training";
  using Problem = RecurrentLayerProblem;
  static double bytes(const Problem& p) { return p.bytes(2, 2, 2); }
  struct Args {
    View x;
    RecurrentLayerWeights weights;
    View h0, c0, lengths;
    View dy, dh_n, dc_n;
    View y, dx;
    RecurrentLayerWeights dweights;
    View dh0, dc0;
  };
};

/// All results are always replaced. h_n and c_n are undefined if they are not needed.
void recurrent_layer_forward(const RecurrentLayerProblem& p, const RecurrentLayerForward::Args& args);
/// All results are always replaced. dh0 and dc0 are undefined if they are not needed; dh_n and dc_n are zero if undefined.
void recurrent_layer_training(const RecurrentLayerProblem& p, const RecurrentLayerTraining::Args& args);

}  // namespace sonograd::kernels
