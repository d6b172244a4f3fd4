// The memory of CRNN: one step of a gated recurrent unit (GRU), here with one input and one state.
#include "docs/architectures/exercises/exercise.h"

/// Weights of the reset gate r, the update gate z and the new value n.
struct Gate {
  float input, state;            ///< weights of x and h
  float input_bias, state_bias;  ///< added to each product
};
struct Gru {
  Gate r, z, n;
};

inline float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}

/// The state behind a step with the input x and the state h:
///   r = sigmoid(product of x + product of h), z likewise,
///   n = tanh(product of x + r * product of h): the reset gate multiplies the product and its bias,
///   new state = (1 - z) n + z h.
float gru_step(const Gru& gru, float x, float h) {
  // Your lines replace this one.
  return 0;
}
