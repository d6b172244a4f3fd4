// The recurrent layer of Keras before version 2.1 and of TensorFlow 1, for networks of their time.
#pragma once

#include <optional>

#include "layers/activation.h"
#include "layers/layer.h"
#include "layers/parameter.h"

namespace sonograd::layers {

struct KerasGruOptions {
  Activation gates = Activation::hard_sigmoid;  ///< function of the gates; TensorFlow's GRUCell: sigmoid
  std::optional<float> gate_bias;               ///< initial bias of both gates; unset: as all other values
};

/// GRU with the reset gate before the product, and one bias: x [N, T, in] -> all states [N, T, units], T >= 1, from a state of zeros.
/// With s, the function of the gates, s(a) = min(1, max(0, 0.2 a + 0.5)) by default, and the rows of the parameters in the order
/// r, z, n:
///
///   r = s(W_r x + U_r h + b_r), z = s(W_z x + U_z h + b_z), n = tanh(W_n x + U_n (r h) + b_n), h' = z h + (1 - z) n
///
/// (Cho et al., EMNLP 2014. `Gru` has a logistic function, n = tanh(W_n x + b_n + r (U_n h + c_n)), and a kernel for whole sequences; here
/// each step is several ops, for sequences of tens of steps.) Parameters: weight_ih [3 units, in], weight_hh [3 units, units], bias
/// [3 units]; initial values U(-1/sqrt(units), 1/sqrt(units)). Throws ConfigError for units below 1, ShapeError for another shape of x.
class KerasGru : public Layer {
 public:
  KerasGru(std::int64_t in, std::int64_t units, const KerasGruOptions& options = {});
  Variable forward(const Variable& x) const override;

 private:
  std::int64_t units_;
  Activation gates_;
  Parameter weight_ih_, weight_hh_, bias_;
};

}  // namespace sonograd::layers
