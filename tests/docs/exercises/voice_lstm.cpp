// The recurrent layers of voice_lstm: one step of the LSTM of Keras before 2.1, here with one input and one unit.
#include "docs/architectures/exercises/exercise.h"

/// Weights of the input gate i, the forget gate f, the new value g and the output gate o.
struct LstmGate {
  float input, state, bias;
};
struct KerasLstm {
  LstmGate i, f, g, o;
};

/// State and cell of the unit.
struct LstmState {
  float h, c;
};

/// State and cell behind a step with the input x. A sum is weight of input * x + weight of state * h + bias; i, f and o are
/// 0.2 sum + 0.5, at least 0 and at most 1, and g is tanh(sum):
///   new c = f c + i g, new h = o tanh(new c).
LstmState lstm_step(const KerasLstm& lstm, float x, const LstmState& before) {
  const auto sum = [&](const LstmGate& gate) { return gate.input * x + gate.state * before.h + gate.bias; };
  const auto line = [&](const LstmGate& gate) { return std::clamp(0.2f * sum(gate) + 0.5f, 0.0f, 1.0f); };
  const float c = line(lstm.f) * before.c + line(lstm.i) * std::tanh(sum(lstm.g));
  return {line(lstm.o) * std::tanh(c), c};
}
