#include "kernels/fused/recurrent_layer/recurrent_layer.h"

#include <array>
#include <cmath>

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Cell;
using kernels::DirectionViews;
using kernels::RecurrentLayerForward;
using kernels::RecurrentLayerProblem;
using kernels::RecurrentLayerTraining;
using kernels::RecurrentLayerWeights;
using kernels::RecurrentProblem;

struct WholeLayer {
  const char* name;
  Cell cell;
  std::int64_t batch, steps, inputs, units, directions;
  bool bench = false;
  bool initial = true;  // h0, c0, the final state and its gradients are given
  bool lengths = false;
};

// The large ones are above the limit of the emulated device, which runs the parts of `composed` on the cases of their own ops.
const WholeLayer kWholeLayers[] = {
    {"crnn layer5", Cell::gru, 16, 18, 128, 32, 1, true, false},
    {"bi-GRU of 152, the first steps", Cell::gru, 16, 60, 128, 152, 2, true, false},
    {"LSTM of 128", Cell::lstm, 16, 80, 128, 128, 1, true, false},
    {"GRU, prime sizes, lengths", Cell::gru, 5, 7, 3, 13, 2, false, true, true},
    {"LSTM, prime sizes, lengths", Cell::lstm, 5, 7, 17, 11, 2, false, true, true},
    {"GRU of 41 in both directions", Cell::gru, 3, 4, 5, 41, 2, false, true},
    {"LSTM of 33", Cell::lstm, 9, 3, 19, 33, 1, false, true},
    {"one input, one unit, one step", Cell::gru, 1, 1, 1, 1, 1, false, true},
};

RecurrentLayerProblem problem_of(const WholeLayer& layer, DType dtype) {
  return RecurrentLayerProblem::make(
      RecurrentProblem::make(layer.cell, layer.batch, layer.steps, layer.units, layer.directions, dtype),
      layer.inputs);
}

// Views in the order in which they were added to a list of shapes; one that is left out is undefined.
class Places {
 public:
  // The place of the next view, -1 if it is left out.
  int next(bool given = true) { return given ? count_++ : -1; }
  std::array<int, 2> each_direction(std::int64_t directions) {
    const int first = next();
    return {first, next(directions == 2)};
  }

 private:
  int count_ = 0;
};

template <class List>
View view_at(const List& list, int place) {
  if (place < 0) return {};
  if constexpr (requires { list[0].view; }) {
    return list[static_cast<std::size_t>(place)].view;
  } else {
    return list[static_cast<std::size_t>(place)];
  }
}

struct WeightPlaces {
  std::array<int, 2> weight_ih, weight_hh, bias_ih, bias_hh;

  WeightPlaces(Places& places, std::int64_t directions)
      : weight_ih(places.each_direction(directions)),
        weight_hh(places.each_direction(directions)),
        bias_ih(places.each_direction(directions)),
        bias_hh(places.each_direction(directions)) {}

  template <class List>
  RecurrentLayerWeights views(const List& list) const {
    const auto each = [&](const std::array<int, 2>& at) {
      return DirectionViews{view_at(list, at[0]), view_at(list, at[1])};
    };
    return {each(weight_ih), each(weight_hh), each(bias_ih), each(bias_hh)};
  }
};

// Shapes of the weights in the order of WeightPlaces.
std::vector<Shape> weight_shapes(const RecurrentLayerProblem& p) {
  std::vector<Shape> shapes;
  for (const Shape& shape : {p.weight_ih_shape(), p.weight_hh_shape(), p.bias_shape(), p.bias_shape()})
    shapes.insert(shapes.end(), static_cast<std::size_t>(p.cells.directions), shape);
  return shapes;
}

// Places of the inputs that forward and training share.
struct BoundPlaces {
  int x;
  WeightPlaces weights;
  int h0, c0, lengths;

  BoundPlaces(Places& places, const WholeLayer& layer)
      : x(places.next()),
        weights(places, layer.directions),
        h0(places.next(layer.initial)),
        c0(places.next(layer.initial && layer.cell == Cell::lstm)),
        lengths(places.next(layer.lengths)) {}
};

std::vector<Input> bound_inputs(const WholeLayer& layer, const RecurrentLayerProblem& p) {
  std::vector<Input> inputs;
  inputs.push_back({p.input_shape()});
  const double bound = 1 / std::sqrt(static_cast<double>(p.cells.units));
  for (const Shape& shape : weight_shapes(p)) inputs.push_back({shape, -bound, bound});
  if (layer.initial) inputs.push_back({p.cells.state_shape()});
  if (layer.initial && layer.cell == Cell::lstm) inputs.push_back({p.cells.state_shape()});
  const double longest = static_cast<double>(layer.steps) + 1;
  if (layer.lengths) inputs.push_back({{layer.batch}, 1, longest, DType::i32});
  return inputs;
}

// Sums of inputs and units products, through sigmoid and tanh, step by step (recurrent.cpp).
constexpr double kTolerance = 1e-5;

Case forward_case(const WholeLayer& layer, const RecurrentLayerProblem& p) {
  Case c{.name = layer.name};
  c.inputs = bound_inputs(layer, p);
  c.outputs = {p.cells.output_shape()};
  const bool lstm = layer.cell == Cell::lstm;
  if (layer.initial) c.outputs.insert(c.outputs.end(), lstm ? 2 : 1, p.cells.state_shape());
  Places places, results;
  const BoundPlaces at(places, layer);
  const int y = results.next(), h_n = results.next(layer.initial), c_n = results.next(layer.initial && lstm);
  c.run = [=, layer = layer](DType dtype, auto in, auto out) {
    kernels::recurrent_layer_forward(problem_of(layer, dtype), {.x = view_at(in, at.x),
                                                                .weights = at.weights.views(in),
                                                                .h0 = view_at(in, at.h0),
                                                                .c0 = view_at(in, at.c0),
                                                                .lengths = view_at(in, at.lengths),
                                                                .y = view_at(out, y),
                                                                .h_n = view_at(out, h_n),
                                                                .c_n = view_at(out, c_n)});
  };
  c.tolerance = kTolerance;
  c.flops = p.flops();
  c.bytes = RecurrentLayerForward::bytes(p);
  c.bench = layer.bench;
  c.accumulates = false;
  return c;
}

Case training_case(const WholeLayer& layer, const RecurrentLayerProblem& p) {
  Case c{.name = layer.name};
  const bool lstm = layer.cell == Cell::lstm, cell_state = layer.initial && lstm;
  const std::size_t states = cell_state ? 2 : layer.initial ? 1 : 0;
  c.inputs = bound_inputs(layer, p);
  c.inputs.push_back({p.cells.output_shape()});
  c.inputs.insert(c.inputs.end(), states, Input{p.cells.state_shape()});
  c.outputs = {p.cells.output_shape(), p.input_shape()};
  const std::vector<Shape> weights = weight_shapes(p);
  c.outputs.insert(c.outputs.end(), weights.begin(), weights.end());
  c.outputs.insert(c.outputs.end(), states, p.cells.state_shape());
  Places places, results;
  const BoundPlaces at(places, layer);
  const int dy = places.next(), dh_n = places.next(layer.initial), dc_n = places.next(cell_state);
  const int y = results.next(), dx = results.next();
  const WeightPlaces dweights(results, layer.directions);
  const int dh0 = results.next(layer.initial), dc0 = results.next(cell_state);
  c.run = [=, layer = layer](DType dtype, auto in, auto out) {
    kernels::recurrent_layer_training(problem_of(layer, dtype), {.x = view_at(in, at.x),
                                                                 .weights = at.weights.views(in),
                                                                 .h0 = view_at(in, at.h0),
                                                                 .c0 = view_at(in, at.c0),
                                                                 .lengths = view_at(in, at.lengths),
                                                                 .dy = view_at(in, dy),
                                                                 .dh_n = view_at(in, dh_n),
                                                                 .dc_n = view_at(in, dc_n),
                                                                 .y = view_at(out, y),
                                                                 .dx = view_at(out, dx),
                                                                 .dweights = dweights.views(out),
                                                                 .dh0 = view_at(out, dh0),
                                                                 .dc0 = view_at(out, dc0)});
  };
  // Gradients of weights are sums over all steps of all sequences besides.
  c.tolerance = 2 * kTolerance;
  c.flops = 3 * p.flops();
  c.bytes = RecurrentLayerTraining::bytes(p);
  c.bench = layer.bench;
  c.accumulates = false;
  return c;
}

}  // namespace

OpCases recurrent_layer_cases() {
  TableCases forward{"recurrent_layer_forward", {}}, training{"recurrent_layer_training", {}};
  for (const WholeLayer& layer : kWholeLayers) {
    const RecurrentLayerProblem p = problem_of(layer, DType::f32);
    forward.list.push_back(forward_case(layer, p));
    training.list.push_back(training_case(layer, p));
  }
  return {forward, training};
}

}  // namespace sonograd::cases
