// Differentiable layers of GRU and LSTM cells; formulas, shapes and errors in kernels/recurrent/recurrent.h.
#pragma once

#include <span>

#include "autograd/variable.h"
#include "kernels/recurrent/recurrent.h"

namespace sonograd {

using kernels::Cell;

/// Parameters of one direction, with G gates and H units: weight_ih [G H, I], weight_hh [G H, H], bias_ih, bias_hh [G H].
struct RecurrentParameters {
  Variable weight_ih, weight_hh, bias_ih, bias_hh;
};

/// Where sequences begin and end. Undefined states are zero; undefined lengths are the number of steps.
struct RecurrentBounds {
  Variable h0, c0;            ///< [D, N, H]; c0: LSTM only
  Tensor lengths;             ///< [N], from `sequence_lengths`
  bool final_states = false;  ///< h_n and c_n are computed
};

struct RecurrentOutput {
  Variable y;         ///< [N, T, D H]: the directions behind one another
  Variable h_n, c_n;  ///< [D, N, H], undefined unless `final_states`; c_n: LSTM only
};

/// One layer on x [N, T, I], with one direction for each element of `directions`, 1 or 2. Throws ShapeError when extents do not
/// fit.
RecurrentOutput recurrent(Cell cell, const Variable& x, std::span<const RecurrentParameters> directions,
                          const RecurrentBounds& bounds = {});

/// Lengths of the sequences of a batch, each 1 to `steps`, as ops take them, on `device`. Throws ShapeError for others.
Tensor sequence_lengths(std::span<const std::int64_t> lengths, std::int64_t steps, Device device);

}  // namespace sonograd
