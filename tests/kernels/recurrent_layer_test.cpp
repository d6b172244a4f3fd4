// A layer in one call, and the places of its weights in the memory of another library.
#include "kernels/fused/recurrent_layer/recurrent_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/ops/recurrent.h"
#include "autograd/tape.h"
#include "kernels/vendor/recurrent_weights.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

using testing::HasSubstr;
using vendor::GatePlace;
using vendor::weight_copies;
using vendor::WeightCopy;

struct LayerTensors {
  RecurrentLayerProblem p;
  Tensor x;
  std::array<Tensor, 4> weights;  // weight_ih, weight_hh, bias_ih, bias_hh

  explicit LayerTensors(Cell cell, std::int64_t batch = 3)
      : p(RecurrentLayerProblem::make(RecurrentProblem::make(cell, batch, 4, 5, 1), 6)),
        x(random_tensor(p.input_shape())),
        weights{random_tensor(p.weight_ih_shape(), DType::f32, 1),
                random_tensor(p.weight_hh_shape(), DType::f32, 2),
                random_tensor(p.bias_shape(), DType::f32, 3), random_tensor(p.bias_shape(), DType::f32, 4)} {}

  static RecurrentLayerWeights views(const std::array<Tensor, 4>& tensors) {
    return {{tensors[0].view()}, {tensors[1].view()}, {tensors[2].view()}, {tensors[3].view()}};
  }
  std::array<Tensor, 4> like_weights() const {
    std::array<Tensor, 4> gradients;
    for (std::size_t i = 0; i < 4; ++i) gradients[i] = Tensor::full(weights[i].shape(), 7);
    return gradients;
  }
};

std::vector<float> values_in(const Tensor& tensor) {
  const auto values = tensor.span<float>();
  return {values.begin(), values.end()};
}

TEST(RecurrentLayer, GivesTheBitsOfTheOpsOneByOne) {
  for (const Cell cell : {Cell::gru, Cell::lstm}) {
    const LayerTensors layer(cell);
    const Tensor dy = random_tensor(layer.p.cells.output_shape(), DType::f32, 5);
    const Tensor y = Tensor::empty(dy.shape(), DType::f32), dx = Tensor::empty(layer.x.shape(), DType::f32);
    const std::array<Tensor, 4> gradients = layer.like_weights();
    recurrent_layer_training(layer.p, {.x = layer.x,
                                       .weights = LayerTensors::views(layer.weights),
                                       .dy = dy,
                                       .y = y,
                                       .dx = dx,
                                       .dweights = LayerTensors::views(gradients)});

    std::array<Variable, 5> leaves;
    for (std::size_t i = 0; i < 5; ++i) leaves[i] = Variable(i < 4 ? layer.weights[i] : layer.x, true);
    const RecurrentParameters parameters[] = {{leaves[0], leaves[1], leaves[2], leaves[3]}};
    const Variable expected = sonograd::recurrent(cell, leaves[4], parameters).y;
    sonograd::backward(expected, dy);
    EXPECT_EQ(values_in(y), values_in(expected.data()));
    EXPECT_EQ(values_in(dx), values_in(leaves[4].gradient()));
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_EQ(values_in(gradients[i]), values_in(leaves[i].gradient())) << name_of(cell) << ' ' << i;
  }
}

TEST(RecurrentLayer, NoSequencesHaveNoGradients) {
  const LayerTensors layer(Cell::gru, 0);
  const Tensor y = Tensor::empty(layer.p.cells.output_shape(), DType::f32);
  const std::array<Tensor, 4> gradients = layer.like_weights();
  recurrent_layer_training(layer.p, {.x = layer.x,
                                     .weights = LayerTensors::views(layer.weights),
                                     .dy = y,
                                     .y = y,
                                     .dx = layer.x,
                                     .dweights = LayerTensors::views(gradients)});
  for (const Tensor& gradient : gradients) EXPECT_THAT(values_in(gradient), testing::Each(0));
}

std::string refusal_of(const LayerTensors& layer, const RecurrentLayerWeights& weights, const View& c0) {
  const Tensor y = Tensor::empty(layer.p.cells.output_shape(), DType::f32);
  try {
    recurrent_layer_forward(layer.p, {.x = layer.x, .weights = weights, .c0 = c0, .y = y});
  } catch (const ShapeError& error) {
    return error.what();
  }
  return "no error";
}

TEST(RecurrentLayer, NamesAWrongArgument) {
  const LayerTensors layer(Cell::gru);
  RecurrentLayerWeights weights = LayerTensors::views(layer.weights);
  weights.weight_hh = weights.weight_ih;
  EXPECT_THAT(refusal_of(layer, weights, {}), HasSubstr("weight_hh: expected [15, 5], got [15, 6]"));
  const Tensor state = Tensor::zeros(layer.p.cells.state_shape(), DType::f32);
  EXPECT_THAT(refusal_of(layer, LayerTensors::views(layer.weights), state),
              HasSubstr("c0: GRU has no cell state"));
  EXPECT_THROW(RecurrentLayerProblem::make(layer.p.cells, 0), ShapeError);
}

// Memory of a library with room between the gates, in another order; `gap` of 0: none, in ours.
struct Foreign {
  RecurrentProblem cells;
  std::int64_t inputs, gap;

  std::int64_t matrix_size(std::int64_t product) const {
    return cells.units * (product < cells.gates() ? inputs : cells.units);
  }
  GatePlace place_of(std::int64_t direction, std::int64_t product) const {
    const std::int64_t products = 2 * cells.gates();
    std::int64_t matrices = 0, before = 0;
    for (std::int64_t i = 0; i < products; ++i) {
      const std::int64_t size = matrix_size(i) + gap;
      matrices += size;
      if (i < product) before += size;
    }
    if (gap != 0) before = matrices - before - matrix_size(product);  // the last product first
    const std::int64_t biases = products * (cells.units + gap);
    const std::int64_t start = direction * (matrices + biases);
    return {start + before, start + matrices + product * (cells.units + gap)};
  }
};

TEST(RecurrentWeights, GatesInARowAreOneCopy) {
  const Foreign foreign = {RecurrentProblem::make(Cell::gru, 1, 1, 5, 2), 3, 0};
  const auto copies =
      weight_copies(foreign.cells, foreign.inputs, std::bind_front(&Foreign::place_of, foreign));
  ASSERT_EQ(copies.size(), 8u);
  EXPECT_EQ(copies[0].count, 15 * 3);
  EXPECT_EQ(copies[1].count, 15 * 5);
  EXPECT_EQ(copies[2].count, 15);
  EXPECT_EQ(copies[4].direction, 1u);
  EXPECT_EQ(copies[4].theirs, 15 * 3 + 15 * 5 + 15 + 15);
  EXPECT_EQ(copies[4].ours, 0);
}

// Each row of a gate is where the library looks for it, and nothing else moves.
TEST(RecurrentWeights, EveryGateReachesItsPlace) {
  for (const Cell cell : {Cell::gru, Cell::lstm}) {
    const Foreign foreign = {RecurrentProblem::make(cell, 1, 1, 5, 2), 3, 2};
    const RecurrentProblem& cells = foreign.cells;
    const auto p = RecurrentLayerProblem::make(cells, foreign.inputs);
    std::vector<Tensor> tensors;
    RecurrentLayerWeights ours;
    const auto fill = [&](DirectionViews& views, const Shape& shape) {
      for (View& view : views) {
        tensors.push_back(random_tensor(shape, DType::f32, static_cast<std::uint32_t>(tensors.size())));
        view = tensors.back().view();
      }
    };
    fill(ours.weight_ih, p.weight_ih_shape());
    fill(ours.weight_hh, p.weight_hh_shape());
    fill(ours.bias_ih, p.bias_shape());
    fill(ours.bias_hh, p.bias_shape());
    std::vector<float> space(4000, -1);
    std::int64_t moved = 0;
    const auto copies = weight_copies(cells, foreign.inputs, std::bind_front(&Foreign::place_of, foreign));
    EXPECT_EQ(copies.size(), static_cast<std::size_t>(2 * 4 * cells.gates()));
    for (const WeightCopy& copy : copies) {
      const float* from = (ours.*copy.tensor)[copy.direction].data<float>() + copy.ours;
      std::copy_n(from, copy.count, space.begin() + copy.theirs);
      moved += copy.count;
    }
    EXPECT_EQ(std::ranges::count(space, -1.0f), 4000 - moved);
    for (std::int64_t d = 0; d < 2; ++d) {
      for (std::int64_t product = 0; product < 2 * cells.gates(); ++product) {
        const bool of_state = product >= cells.gates();
        const std::int64_t first_row = product % cells.gates() * cells.units;
        const std::int64_t columns = of_state ? cells.units : foreign.inputs;
        const auto direction = static_cast<std::size_t>(d);
        const View matrix = (of_state ? ours.weight_hh : ours.weight_ih)[direction];
        const View bias = (of_state ? ours.bias_hh : ours.bias_ih)[direction];
        const GatePlace place = foreign.place_of(d, product);
        for (std::int64_t i = 0; i < cells.units * columns; ++i) {
          EXPECT_EQ(space[static_cast<std::size_t>(place.matrix + i)],
                    matrix.data<float>()[first_row * columns + i]);
        }
        for (std::int64_t i = 0; i < cells.units; ++i)
          EXPECT_EQ(space[static_cast<std::size_t>(place.bias + i)], bias.data<float>()[first_row + i]);
      }
    }
  }
}

}  // namespace
}  // namespace sonograd::kernels
