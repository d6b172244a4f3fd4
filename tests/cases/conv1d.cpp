#include "kernels/conv1d/conv1d.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Conv1dOptions;
using kernels::Conv1dProblem;

struct Layer {
  const char* name;
  Shape x;
  Shape weight;
  Conv1dOptions options;
  bool bench = false;
};

const Layer kLayers[] = {
    {"sample-cnn layer1", {2, 2187, 1}, {128, 3, 1}, {.stride = 3}, true},
    {"sample-cnn layer2", {2, 729, 128}, {128, 3, 128}, {.pad_before = 1, .pad_after = 1}, true},
    {"musicnn back end", {2, 187, 64}, {64, 7, 64}, {.pad_before = 3, .pad_after = 3}, true},
    {"prime sizes", {3, 17, 5}, {7, 5, 5}, {.pad_before = 2, .pad_after = 2}},
    {"one by one", {2, 7, 3}, {4, 1, 3}, {}},
    {"single value", {1, 1, 1}, {1, 1, 1}, {}},
    {"asymmetric padding", {2, 9, 3}, {5, 4, 3}, {.pad_before = 2, .pad_after = 1}},
    {"stride and dilation",
     {1, 23, 4},
     {6, 3, 4},
     {.stride = 2, .pad_before = 3, .pad_after = 1, .dilation = 2}},
    {"one past a tile, several stretches", {1, 2049, 33}, {65, 3, 33}, {.pad_before = 1, .pad_after = 1}},
    {"raw waveform, odd sizes", {2, 1031, 1}, {37, 3, 1}, {.stride = 3, .pad_before = 2, .pad_after = 1}},
    {"kernel covers sequence", {2, 6, 3}, {4, 6, 3}, {}},
};

}  // namespace

OpCases conv1d_cases() {
  TableCases forward{"conv1d_forward", {}}, data{"conv1d_backward_data", {}},
      weight{"conv1d_backward_weight", {}};
  for (const Layer& layer : kLayers) {
    const auto problem = [layer](DType dtype) {
      return Conv1dProblem::make(layer.x, layer.weight, layer.options, dtype);
    };
    const Conv1dProblem p = problem(DType::f32);
    const Shape bias = {p.out_channels};
    // Sums of up to 450 products of numbers below 1 in float32; the weight gradient sums over time.
    forward.list.push_back({layer.name,
                            {{layer.x}, {layer.weight}, {bias}},
                            {p.output_shape()},
                            [problem](DType dtype, auto in, auto out) {
                              kernels::conv1d_forward(problem(dtype), in[0], in[1], in[2], out[0]);
                            },
                            2e-6,
                            p.flops(),
                            p.bytes(),
                            layer.bench});
    data.list.push_back({layer.name,
                         {{p.output_shape()}, {layer.weight}},
                         {layer.x},
                         [problem](DType dtype, auto in, auto out) {
                           kernels::conv1d_backward_data(problem(dtype), in[0], in[1], out[0]);
                         },
                         2e-6,
                         p.flops(),
                         p.bytes(),
                         layer.bench});
    weight.list.push_back({layer.name,
                           {{layer.x}, {p.output_shape()}},
                           {layer.weight},
                           [problem](DType dtype, auto in, auto out) {
                             kernels::conv1d_backward_weight(problem(dtype), in[0], in[1], out[0]);
                           },
                           5e-6,
                           p.flops(),
                           p.bytes(),
                           layer.bench});
  }
  return {forward, data, weight};
}

}  // namespace sonograd::cases
