#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.h"

#include "kernels/copy/copy.h"
#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Conv2dBnStatsProblem;
using kernels::Conv2dOptions;

// Statistics and parameters of channels, which are float32 for every storage type of the maps.
Input channels(const Shape& c, double low = -1, double high = 1) {
  return {c, low, high, DType::f32, Stored::as_float32};
}

struct Layer {
  const char* name;
  Shape x;
  Shape weight;
  Conv2dOptions options;
  bool bench = false;
  double tolerance = 1e-5;
};

// First and later layers of real networks with few examples, then remainders along every axis, strides, one position more
// than a tile, tiles of all sizes, two values.
const Layer kLayers[] = {
    {"fcn layer1", {1, 61, 96, 1}, {64, 3, 3, 1}, {.padding = 1}, true},
    {"fcn layer2", {1, 45, 48, 64}, {128, 3, 3, 64}, {.padding = 1}, true},
    {"short-chunk-res layer1", {1, 23, 128, 1}, {128, 3, 3, 1}, {.stride = 2, .padding = 1}, true},
    {"short-chunk-res layer3", {1, 34, 32, 128}, {256, 3, 3, 128}, {.stride = 2, .padding = 1}, true},
    {"prime sizes", {3, 17, 13, 5}, {7, 3, 5, 5}, {.padding = {1, 2}}},
    {"stride and dilation",
     {1, 23, 19, 4},
     {6, 3, 3, 4},
     {.stride = {2, 3}, .padding = {3, 1}, .dilation = {2, 1}}},
    {"small maps of many examples", {11, 3, 5, 20}, {36, 3, 3, 20}, {.padding = 1}},
    {"one position more than a tile", {1, 5, 13, 8}, {65, 1, 1, 8}, {}},
    {"wide tiles that fill a device", {1, 132, 128, 9}, {66, 1, 2, 9}, {.padding = {0, 0, 0, 1}}},
    {"one channel, odd sizes", {2, 13, 29, 1}, {67, 2, 5, 1}, {.padding = {0, 1, 3, 2}}},
    {"one channel, rows in stretches", {1, 3, 531, 1}, {12, 1, 3, 1}, {}},
    {"wide filters over bands", {2, 9, 61, 1}, {37, 7, 38, 1}, {.padding = {3, 0}}},
    {"wide filters along time", {2, 37, 5, 1}, {20, 33, 1, 1}, {.padding = {16, 0}}},
    {"wide filters, few positions", {1, 5, 23, 1}, {9, 3, 21, 1}, {.padding = {1, 0}}},
    // The deviation of two values that are close is a small difference of sums.
    {"two values", {2, 1, 1, 6}, {5, 1, 1, 6}, {}, false, 1e-4},
};

}  // namespace

OpCases conv2d_bn_stats_cases() {
  TableCases cases{"conv2d_bn_stats", {}, kFloat32AndBf16};
  for (const Layer& layer : kLayers) {
    const auto problem = [layer](DType dtype) {
      return Conv2dBnStatsProblem::make(layer.x, layer.weight, layer.options, dtype);
    };
    const Conv2dBnStatsProblem p = problem(DType::f32);
    const Shape c = {p.out_channels};
    // Sums of up to 1,200 products in float32. The bias makes the means far from zero; averages move from their start values.
    // Statistics are computed from the sums, so that the rounding of y to bf16 is no part of their error.
    cases.list.push_back({layer.name,
                          {{layer.x}, {layer.weight}, {c, 40, 42}, channels(c), channels(c, 0.5, 2)},
                          {p.output_shape(), c, c, c, c},
                          [problem](DType dtype, auto in, auto out) {
                            kernels::copy(in[3], out[3]);
                            kernels::copy(in[4], out[4]);
                            kernels::conv2d_bn_stats(problem(dtype), in[0], in[1], in[2], 1e-5, out[0].view,
                                                     out[1].view, out[2].view,
                                                     {out[3].view, out[4].view, 0.1});
                          },
                          layer.tolerance,
                          p.flops(),
                          p.bytes(),
                          layer.bench,
                          false,
                          {Stored::as_tested, Stored::as_float32, Stored::as_float32, Stored::as_float32,
                           Stored::as_float32}});
  }
  return {cases};
}

}  // namespace sonograd::cases
