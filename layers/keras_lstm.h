// The LSTM of Keras before version 2.1, for networks of its time.
#pragma once

#include <deque>

#include "layers/layer.h"
#include "layers/parameter.h"

namespace sonograd::layers {

/// Orders in which a recurrent layer takes the steps of a sequence.
enum class Directions : std::uint8_t {
  forward,
  both,  ///< from the end as well: the states of the second direction come behind those of the first
};

/// LSTM with hard-sigmoid gates and one bias: x [N, T, in] -> the states h of all steps [N, T, units], or [N, T, 2 units] for both
/// directions; T >= 1, from states of zeros. With s(a) = min(1, max(0, 0.2 a + 0.5)) and the rows of the parameters in the order i, f,
/// g, o:
///
///   i = s(W_i x + U_i h + b_i), f = s(W_f x + U_f h + b_f), g = tanh(W_g x + U_g h + b_g), o = s(W_o x + U_o h + b_o)
///   c' = f c + i g, h' = o tanh(c')
///
/// (Hochreiter, Schmidhuber, Neural Computation 9(8), 1997; forget gate by Gers et al., 2000. `Lstm` has logistic gates and two biases.
/// Keras calls g `c`, in the same order.) Parameters: weight_ih [4 units, in], weight_hh [4 units, units], bias [4 units], and those of
/// the reverse direction with `_reverse`. Initial values: weights U(-1/sqrt(units), 1/sqrt(units)), biases 0, and 1 for the forget gate.
/// Throws ConfigError for units below 1, ShapeError for another shape of x. The steps are one op (kernels/recurrent).
class KerasLstm : public Layer {
 public:
  KerasLstm(std::int64_t in, std::int64_t units, Directions directions = Directions::forward);
  Variable forward(const Variable& x) const override;

 private:
  std::int64_t units_;
  std::deque<Parameter> parameters_;  // three of each direction
};

}  // namespace sonograd::layers
