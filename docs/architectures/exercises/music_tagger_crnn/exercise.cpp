// The gates of music_tagger_crnn: one step of the GRU of Keras 1, here with one input and one state.
#include "docs/architectures/exercises/exercise.h"

/// Weights of the reset gate r, the update gate z and the new value n.
struct KerasGate {
  float input, state, bias;
};
struct KerasGru {
  KerasGate r, z, n;
};

/// 0.2 a + 0.5, at least 0 and at most 1.
float hard_sigmoid(float a) {
  // Your lines replace this one.
  return 0;
}

/// The state behind a step with the input x and the state h:
///   r = hard_sigmoid(weight of input * x + weight of state * h + bias), z likewise,
///   n = tanh(weight of input * x + weight of state * (r h) + bias): the reset gate multiplies the state before its product,
///   new state = z h + (1 - z) n.
float keras_gru_step(const KerasGru& gru, float x, float h) {
  // Your lines replace this one.
  return 0;
}
