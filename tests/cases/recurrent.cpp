#include "kernels/recurrent/recurrent.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Cell;
using kernels::RecurrentProblem;

struct Layer {
  const char* name;
  Cell cell;
  std::int64_t batch, steps, units, directions;
  bool bench = false;
  bool initial = true;  // h0, c0 and the gradients of the final state are given
  bool lengths = false;
};

const Layer kLayers[] = {
    {"crnn layer5", Cell::gru, 16, 18, 32, 1, true, false},
    {"bi-GRU of 152, the first steps", Cell::gru, 2, 60, 152, 2, true, false},
    {"LSTM of 256, few steps", Cell::lstm, 2, 3, 256, 1, false, false},
    {"LSTM of 400, few steps", Cell::lstm, 3, 2, 400, 1, false, true},
    {"GRU of 293, both directions, lengths", Cell::gru, 3, 3, 293, 2, false, true, true},
    {"LSTM of 128", Cell::lstm, 4, 50, 128, 1, true, false},
    {"GRU, prime sizes, lengths", Cell::gru, 5, 7, 13, 2, false, true, true},
    {"LSTM, prime sizes, lengths", Cell::lstm, 5, 7, 11, 2, false, true, true},
    {"GRU of 41, lengths alone", Cell::gru, 3, 4, 41, 1, false, false, true},
    {"LSTM of 33", Cell::lstm, 9, 3, 33, 1, false, true},
    {"GRU of 128, both directions", Cell::gru, 3, 4, 128, 2, false, false},
    {"GRU of 152", Cell::gru, 10, 3, 152, 1, false, true},
    {"one unit, one step", Cell::gru, 1, 1, 1, 1, false, true},
    {"LSTM of one unit", Cell::lstm, 2, 3, 1, 2, false, true, true},
    {"LSTM with hard gates, 30 units both ways", Cell::hard_lstm, 2, 125, 30, 2, true, false},
    {"LSTM with hard gates, prime sizes, lengths", Cell::hard_lstm, 5, 7, 11, 2, false, true, true},
    {"LSTM with hard gates, 80 units", Cell::hard_lstm, 3, 4, 80, 1, false, true},
};

// Inputs of a case under their names, in the order in which they were added.
class Inputs {
 public:
  explicit Inputs(std::vector<Input>& list) : list_(&list) {}
  // Returns the place of the input, -1 for one that is left out.
  int add(const Input& input, bool given = true) {
    if (!given) return -1;
    list_->push_back(input);
    return static_cast<int>(list_->size()) - 1;
  }

 private:
  std::vector<Input>* list_;
};

View input_at(std::span<const View> in, int place) {
  return place < 0 ? View() : in[static_cast<std::size_t>(place)];
}

// A sum of H products of numbers below 1 and 1 / sqrt(H), through sigmoid and tanh, step by step: gradients of the cell are
// below 1, so that errors do not grow.
constexpr double kTolerance = 5e-6;

Case forward_case(const Layer& layer, const RecurrentProblem& p, double bound) {
  Case c{.name = layer.name};
  Inputs inputs(c.inputs);
  const bool two = p.directions == 2, lstm = p.cell != Cell::gru;
  const Input gates = {p.gates_shape()}, weight = {{p.rows(), p.units}, -bound, bound};
  const Input bias = {{p.rows()}, -bound, bound}, state = {p.state_shape()};
  const int g0 = inputs.add(gates), g1 = inputs.add(gates, two), w0 = inputs.add(weight);
  const int w1 = inputs.add(weight, two), b0 = inputs.add(bias), b1 = inputs.add(bias, two);
  const int h0 = inputs.add(state, layer.initial), c0 = inputs.add(state, layer.initial && lstm);
  const double longest = static_cast<double>(p.steps) + 1;
  const int lengths = inputs.add({{p.batch}, 0, longest, DType::i32}, layer.lengths);
  c.outputs = {p.output_shape(), p.state_shape()};
  if (lstm) c.outputs.push_back(p.state_shape());
  if (!layer.lengths) c.outputs.push_back(p.saved_shape());
  const bool saves = !layer.lengths;
  c.run = [=, layer = layer](DType dtype, auto in, auto out) {
    const auto typed =
        RecurrentProblem::make(layer.cell, layer.batch, layer.steps, layer.units, layer.directions, dtype);
    kernels::recurrent_forward(typed, {{input_at(in, g0), input_at(in, g1)},
                                       {input_at(in, w0), input_at(in, w1)},
                                       {input_at(in, b0), input_at(in, b1)},
                                       input_at(in, h0),
                                       input_at(in, c0),
                                       input_at(in, lengths),
                                       out[0].view,
                                       out[1].view,
                                       lstm ? out[2].view : View(),
                                       saves ? out[lstm ? 3 : 2].view : View()});
  };
  c.tolerance = kTolerance;
  c.flops = p.flops();
  c.bytes = p.bytes(false);
  c.bench = layer.bench;
  c.accumulates = false;
  c.stored_outputs.assign(c.outputs.size(), Stored::as_tested);
  if (saves) c.stored_outputs.back() = Stored::as_float32;
  return c;
}

// `initial_gradients`: the gradients of h0 and c0 are the outputs, which may be added to; else those of the gates and the states.
Case backward_case(const Layer& layer, const RecurrentProblem& p, double bound, bool initial_gradients) {
  Case c{.name = initial_gradients ? concat(layer.name, ", initial state") : layer.name};
  Inputs inputs(c.inputs);
  const bool two = p.directions == 2, lstm = p.cell != Cell::gru;
  const Input weight = {{p.rows(), p.units}, -bound, bound}, state = {p.state_shape()};
  const bool hard = p.cell == Cell::hard_lstm;  // values beyond 0 and 1 stand for gates at their corners
  const Input saved = {p.saved_shape(), hard ? -0.2 : 0.0, hard ? 1.2 : 1.0, DType::f32, Stored::as_float32},
              map = {p.output_shape()};
  const int w0 = inputs.add(weight), w1 = inputs.add(weight, two), s = inputs.add(saved);
  const int y = inputs.add(map), h0 = inputs.add(state, layer.initial);
  const int c0 = inputs.add(state, layer.initial && lstm), dy = inputs.add(map);
  const int dh = inputs.add(state, layer.initial), dc = inputs.add(state, layer.initial && lstm);
  const double longest = static_cast<double>(p.steps) + 1;
  const int lengths = inputs.add({{p.batch}, 0, longest, DType::i32}, layer.lengths);
  const std::size_t directions = two ? 2 : 1;
  const Shape before = {p.batch, p.steps, p.units};
  if (initial_gradients) {
    c.outputs.assign(lstm ? 2 : 1, p.state_shape());
  } else {
    c.outputs.assign(lstm ? directions : 2 * directions, p.gates_shape());
    c.outputs.insert(c.outputs.end(), directions, before);
  }
  c.run = [=, layer = layer](DType dtype, auto in, auto out) {
    const auto typed =
        RecurrentProblem::make(layer.cell, layer.batch, layer.steps, layer.units, layer.directions, dtype);
    kernels::RecurrentBackward::Args args = {{input_at(in, w0), input_at(in, w1)},
                                             input_at(in, s),
                                             input_at(in, y),
                                             input_at(in, h0),
                                             input_at(in, c0),
                                             input_at(in, lengths),
                                             input_at(in, dy),
                                             input_at(in, dh),
                                             input_at(in, dc),
                                             {},
                                             {},
                                             {},
                                             {},
                                             {}};
    std::vector<Tensor> others;
    std::size_t next = 0;
    const auto output = [&](const Shape& shape) {
      if (!initial_gradients) return out[next++].view;
      return others.emplace_back(Tensor::empty(shape, dtype, in[0].device)).view();
    };
    for (std::size_t d = 0; d < directions; ++d) args.dgates[d] = output(typed.gates_shape());
    for (std::size_t d = 0; d < directions && !lstm; ++d) args.dhidden[d] = output(typed.gates_shape());
    for (std::size_t d = 0; d < directions; ++d) args.before[d] = output(before);
    if (initial_gradients) args.dh0 = out[0];
    if (initial_gradients && lstm) args.dc0 = out[1];
    kernels::recurrent_backward(typed, args);
  };
  c.tolerance = kTolerance;
  c.flops = p.flops();
  c.bytes = p.bytes(true);
  c.bench = layer.bench && !initial_gradients;
  c.accumulates = initial_gradients;
  return c;
}

}  // namespace

OpCases recurrent_cases() {
  TableCases forward{"recurrent_forward", {}, kFloat32AndBf16},
      backward{"recurrent_backward", {}, kFloat32AndBf16};
  for (const Layer& layer : kLayers) {
    const auto p =
        RecurrentProblem::make(layer.cell, layer.batch, layer.steps, layer.units, layer.directions);
    const double bound = 1 / std::sqrt(static_cast<double>(p.units));
    forward.list.push_back(forward_case(layer, p, bound));
    backward.list.push_back(backward_case(layer, p, bound, false));
    if (layer.initial) backward.list.push_back(backward_case(layer, p, bound, true));
  }
  return {forward, backward};
}

}  // namespace sonograd::cases
