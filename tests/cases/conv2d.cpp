#include "kernels/conv2d/conv2d.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Conv2dOptions;
using kernels::Conv2dProblem;

struct Layer {
  const char* name;
  Shape x;
  Shape weight;
  Conv2dOptions options;
  bool bench = false;
};

// Sizes of real layers with few examples, primes, one, and everything that an option can change.
const Layer kLayers[] = {
    {"fcn layer1", {1, 61, 96, 1}, {64, 3, 3, 1}, {.padding = 1}, true},
    {"short-chunk-res layer1", {1, 23, 128, 1}, {128, 3, 3, 1}, {.stride = 2, .padding = 1}, true},
    {"one channel, odd sizes", {2, 13, 29, 1}, {67, 2, 5, 1}, {.padding = {0, 1, 3, 2}}},
    {"one channel, stride and dilation",
     {2, 19, 31, 1},
     {19, 3, 4, 1},
     {.stride = {3, 2}, .padding = {2, 1}, .dilation = {2, 3}}},
    {"one channel, stride beyond the kernel", {1, 11, 17, 1}, {5, 2, 2, 1}, {.stride = {4, 3}}},
    {"one channel, beyond the caches", {1, 690, 96, 1}, {64, 3, 3, 1}, {.padding = 1}},
    {"fcn layer2", {1, 45, 48, 64}, {128, 3, 3, 64}, {.padding = 1}, true},
    {"short-chunk layer3", {2, 57, 32, 128}, {256, 3, 3, 128}, {.padding = 1}, true},
    {"short-chunk-res layer3", {1, 34, 32, 128}, {256, 3, 3, 128}, {.stride = 2, .padding = 1}, true},
    {"prime sizes", {3, 17, 13, 5}, {7, 3, 5, 5}, {.padding = {1, 2}}},
    {"one by one", {2, 7, 5, 3}, {4, 1, 1, 3}, {}},
    {"single value", {1, 1, 1, 1}, {1, 1, 1, 1}, {}},
    {"asymmetric padding", {2, 9, 8, 3}, {5, 4, 2, 3}, {.padding = {2, 1, 0, 1}}},
    {"stride and dilation",
     {1, 23, 19, 4},
     {6, 3, 3, 4},
     {.stride = {2, 3}, .padding = {3, 1}, .dilation = {2, 1}}},
    {"dilation and uneven padding",
     {2, 33, 19, 21},
     {10, 3, 4, 21},
     {.padding = {4, 0, 1, 3}, .dilation = {2, 1}}},
    {"channels beside the tile, strides",
     {3, 17, 23, 83},
     {22, 3, 4, 83},
     {.stride = {2, 3}, .padding = {1, 2, 3, 0}, .dilation = {1, 2}}},
    {"3x3, odd map and channels", {2, 13, 17, 65}, {254, 3, 3, 65}, {.padding = {0, 2, 3, 1}}},
    {"strides, many positions", {2, 47, 45, 33}, {34, 3, 2, 33}, {.stride = {2, 1}, .padding = {1, 0, 2, 1}}},
    {"kernel covers map", {2, 6, 7, 3}, {4, 6, 7, 3}, {}},
    {"one past a tile along every axis", {1, 18, 33, 33}, {65, 3, 2, 33}, {.padding = {1, 1, 0, 1}}},
    {"small maps of many examples", {11, 3, 5, 20}, {36, 3, 3, 20}, {.padding = 1}},
    {"small maps of one channel", {11, 3, 5, 1}, {36, 3, 3, 1}, {.padding = 1}},
    {"stride beyond the kernel", {1, 11, 17, 18}, {20, 2, 2, 18}, {.stride = {4, 3}}},
    {"strides over many small maps", {9, 7, 6, 35}, {34, 3, 2, 35}, {.stride = {3, 2}}},
    {"map narrower than the stride", {2, 1, 2, 5}, {6, 1, 1, 5}, {.stride = 3}},
    {"more phases than a grid has layers", {1, 1, 2, 4}, {5, 1, 1, 4}, {.stride = 300}},
    {"wide tiles that fill a device", {1, 132, 128, 9}, {66, 1, 2, 9}, {.padding = {0, 0, 0, 1}}},
    {"one channel, tall filters", {1, 40, 13, 1}, {10, 19, 3, 1}, {.padding = {0, 1}}},
    {"3x3, strides along both axes", {2, 47, 45, 33}, {34, 3, 3, 33}, {.stride = 2, .padding = {1, 0, 2, 1}}},
    {"3x3, stride along frequency", {1, 59, 41, 36}, {70, 3, 3, 36}, {.stride = {1, 2}, .padding = 1}},
    {"3x3, stride along time", {1, 58, 42, 33}, {32, 3, 3, 33}, {.stride = {2, 1}, .padding = {0, 2}}},
    // Filters along one axis, over many channels.
    {"pons back end, 7 frames", {2, 1, 150, 464}, {128, 1, 7, 464}, {.padding = {0, 3}}, true},
    {"lines along time, 8 taps", {2, 45, 3, 272}, {259, 8, 1, 272}, {.padding = {2, 5, 0, 0}}},
    {"lines along frequency, 5 taps", {4, 2, 41, 370}, {33, 1, 5, 370}, {}},
    {"lines to many channels, padding beyond the kernel",
     {4, 2, 38, 35},
     {301, 1, 6, 35},
     {.padding = {0, 0, 7, 1}}},
    // First layers with wide filters.
    {"musicnn, 7x67 filters", {1, 56, 96, 1}, {204, 7, 67, 1}, {.padding = {3, 0}}, true},
    {"pons spectrogram, 7x86 filters", {1, 60, 96, 1}, {16, 7, 86, 1}, {.padding = {3, 0}}, true},
    {"pons spectrogram, 1x38 filters", {1, 20, 96, 1}, {64, 1, 38, 1}, {}, true},
    {"pons spectrogram, temporal 165", {2, 1, 938, 1}, {16, 1, 165, 1}, {.padding = {0, 82}}, true},
    {"musicnn of tensorflow, 128x1 filters",
     {2, 187, 96, 1},
     {51, 128, 1, 1},
     {.padding = {63, 64, 0, 0}},
     true},
    {"filters of some bands", {2, 9, 61, 1}, {20, 7, 38, 1}, {.padding = {3, 0}}},
    {"filters along time", {2, 37, 5, 1}, {45, 32, 1, 1}, {.padding = {15, 16, 0, 0}}},
    {"filters of all bands", {3, 33, 24, 1}, {40, 7, 24, 1}, {.padding = {3, 0}}},
    {"wide filters, one position", {2, 6, 7, 1}, {5, 6, 7, 1}, {}},
    {"wide filters, stride and dilation across",
     {2, 23, 41, 1},
     {35, 3, 17, 1},
     {.stride = {2, 1}, .padding = {2, 1, 4, 9}, .dilation = {3, 1}}},
    {"wide filters, stride along", {2, 11, 61, 1}, {19, 3, 15, 1}, {.stride = {1, 3}, .padding = {1, 2}}},
    {"wide filters, dilation along", {1, 13, 70, 1}, {9, 4, 9, 1}, {.padding = {2, 5}, .dilation = {1, 2}}},
    // Convolutions over time: maps with a single row.
    {"sample-cnn layer1", {2, 1, 2187, 1}, {128, 1, 3, 1}, {.stride = {1, 3}}, true},
    {"sample-cnn layer2", {2, 1, 729, 128}, {128, 1, 3, 128}, {.padding = {0, 1}}, true},
    {"musicnn back end", {2, 1, 187, 64}, {64, 1, 7, 64}, {.padding = {0, 3}}, true},
    {"sequence, prime sizes", {3, 1, 17, 5}, {7, 1, 5, 5}, {.padding = {0, 2}}},
    {"sequence, stride and dilation",
     {1, 1, 23, 4},
     {6, 1, 3, 4},
     {.stride = {1, 2}, .padding = {0, 0, 3, 1}, .dilation = {1, 2}}},
    {"sequence, one past a tile", {1, 1, 2049, 33}, {65, 1, 3, 33}, {.padding = {0, 1}}},
    {"sequence, raw waveform", {2, 1, 1031, 1}, {37, 1, 3, 1}, {.stride = {1, 3}, .padding = {0, 0, 2, 1}}},
};

}  // namespace

OpCases conv2d_cases() {
  TableCases forward{"conv2d_forward", {}, kFloat32AndBf16},
      data{"conv2d_backward_data", {}, kFloat32AndBf16},
      weight{"conv2d_backward_weight", {}, kFloat32AndBf16};
  for (const Layer& layer : kLayers) {
    const auto problem = [layer](DType dtype) {
      return Conv2dProblem::make(layer.x, layer.weight, layer.options, dtype);
    };
    const Conv2dProblem p = problem(DType::f32);
    const Shape bias = {p.out_channels};
    const auto taps = static_cast<double>(p.kernel.t * p.kernel.f);
    // The weight gradient sums over the map, up to 66,000 products. Products of bf16 are exact in float32, on tensor cores too:
    // values that are stored in bf16 are summed to the same tolerance, and rounded once.
    forward.list.push_back({layer.name,
                            {{layer.x}, {layer.weight}, {bias}},
                            {p.output_shape()},
                            [problem](DType dtype, auto in, auto out) {
                              kernels::conv2d_forward(problem(dtype), in[0], in[1], in[2], out[0]);
                            },
                            sum_tolerance(taps * static_cast<double>(p.in_channels)),
                            p.flops(),
                            p.bytes(),
                            layer.bench});
    data.list.push_back({layer.name,
                         {{p.output_shape()}, {layer.weight}},
                         {layer.x},
                         [problem](DType dtype, auto in, auto out) {
                           kernels::conv2d_backward_data(problem(dtype), in[0], in[1], out[0]);
                         },
                         sum_tolerance(taps * static_cast<double>(p.out_channels)),
                         p.flops(),
                         p.bytes(),
                         layer.bench});
    weight.list.push_back({layer.name,
                           {{layer.x}, {p.output_shape()}},
                           {layer.weight},
                           [problem](DType dtype, auto in, auto out) {
                             kernels::conv2d_backward_weight(problem(dtype), in[0], in[1], out[0]);
                           },
                           1e-5,
                           p.flops(),
                           p.bytes(),
                           layer.bench});
  }
  return {forward, data, weight};
}

}  // namespace sonograd::cases
