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
  const auto of_input = [&](const Gate& gate) { return gate.input * x + gate.input_bias; };
  const auto of_state = [&](const Gate& gate) { return gate.state * h + gate.state_bias; };
  const float r = sigmoid(of_input(gru.r) + of_state(gru.r));
  const float z = sigmoid(of_input(gru.z) + of_state(gru.z));
  const float n = std::tanh(of_input(gru.n) + r * of_state(gru.n));
  return (1 - z) * n + z * h;
}
