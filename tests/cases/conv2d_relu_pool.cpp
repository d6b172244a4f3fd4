#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Conv2dOptions;
using kernels::Conv2dReluPoolProblem;
using kernels::Pair;

struct Layer {
  const char* name;
  Shape x;
  Shape weight;
  Conv2dOptions options;
  Pair pool;
  bool bench = false;
  bool rectify = true;
};

// First layers of real networks and one later layer, then remainders on both axes, no pooling, a whole axis.
const Layer kLayers[] = {
    {"fcn layer1", {1, 61, 96, 1}, {64, 3, 3, 1}, {.padding = 1}, {4, 2}, true},
    {"short-chunk layer1", {1, 31, 128, 1}, {128, 3, 3, 1}, {.padding = 1}, 2, true},
    {"short-chunk layer2", {1, 19, 16, 128}, {128, 3, 3, 128}, {.padding = 1}, 2, true},
    {"prime sizes", {3, 17, 13, 1}, {7, 3, 5, 1}, {.padding = {1, 2}}, {3, 2}},
    {"stride and dilation",
     {2, 23, 19, 1},
     {37, 2, 3, 1},
     {.stride = {2, 1}, .padding = 1, .dilation = {2, 3}},
     {2, 4}},
    {"no pooling", {2, 13, 9, 1}, {16, 3, 3, 1}, {.padding = 1}, 1},
    {"whole axis", {2, 11, 96, 1}, {5, 3, 1, 1}, {}, {1, 96}},
    {"all bands, musicnn 7x67", {1, 53, 96, 1}, {204, 7, 67, 1}, {.padding = {3, 0}}, {1, 30}, true},
    {"all bands, 38 taps in time", {2, 50, 7, 1}, {19, 38, 1, 1}, {}, {1, 7}},
    {"all bands, few frames", {3, 4, 47, 1}, {35, 3, 38, 1}, {.padding = {1, 0}}, {1, 10}},
    {"all bands, stride and dilation",
     {1, 41, 80, 1},
     {33, 5, 13, 1},
     {.stride = {2, 3}, .padding = {1, 2}, .dilation = {2, 3}},
     {1, 16}},
    {"all bands, a piece of one frame", {1, 49, 12, 1}, {34, 3, 11, 1}, {.padding = {1, 0}}, {1, 2}},
    {"all bands, two frames without relu", {2, 2, 40, 1}, {17, 1, 33, 1}, {}, {1, 8}, false, false},
    {"all bands without relu", {1, 14, 20, 1}, {37, 3, 12, 1}, {.padding = {1, 0}}, {1, 9}, false, false},
    {"without relu", {2, 12, 10, 3}, {6, 3, 3, 3}, {.padding = 1}, 2, false, false},
    {"one channel without relu", {2, 12, 10, 1}, {18, 3, 3, 1}, {.padding = 1}, 2, false, false},
};

}  // namespace

OpCases conv2d_relu_pool_cases() {
  TableCases cases{"conv2d_relu_pool", {}, kFloat32AndBf16};
  for (const Layer& layer : kLayers) {
    const auto problem = [layer](DType dtype) {
      return Conv2dReluPoolProblem::make(layer.x, layer.weight, layer.options, layer.pool, dtype,
                                         layer.rectify);
    };
    const Conv2dReluPoolProblem p = problem(DType::f32);
    const auto products = static_cast<double>(p.conv.kernel.t * p.conv.kernel.f * p.conv.in_channels);
    cases.list.push_back({layer.name,
                          {{layer.x}, {layer.weight}, {{p.conv.out_channels}}},
                          {p.output_shape()},
                          [problem](DType dtype, auto in, auto out) {
                            kernels::conv2d_relu_pool(problem(dtype), in[0], in[1], in[2], out[0]);
                          },
                          sum_tolerance(products),
                          p.flops(),
                          p.bytes(),
                          layer.bench});
  }
  return {cases};
}

}  // namespace sonograd::cases
