#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::BnReluPoolProblem;
using kernels::Pair;

// Statistics and parameters of channels, which are float32 for every storage type of the maps.
Input channels(const Shape& c, double low = -1, double high = 1) {
  return {c, low, high, DType::f32, Stored::as_float32};
}

struct Layer {
  const char* name;
  Shape x;
  Pair pool;
  bool bench = false;
};

// Blocks of real networks with few examples, then remainders on both axes, no pooling, one channel, a whole
// axis.
const Layer kLayers[] = {
    {"fcn layer1", {1, 90, 96, 64}, {4, 2}, true},
    {"short-chunk layer2", {2, 57, 32, 128}, 2, true},
    {"sample_cnn layer1", {2, 729, 128}, {3, 1}, true},
    {"no pooling", {2, 13, 8, 96}, 1, true},
    {"prime sizes", {3, 17, 13, 7}, {3, 2}},
    {"one channel more than a chunk", {1, 11, 9, 65}, {2, 4}},
    {"one channel", {2, 9, 7, 1}, 2},
    {"beyond the caches", {1, 690, 96, 64}, {4, 2}},
    {"whole axis", {2, 11, 96, 5}, {1, 96}},
};

// Positions of the maxima, with "none" now and then.
Tensor indices(const BnReluPoolProblem& p, Device device) {
  const Tensor index = Tensor::empty(p.output_shape(), DType::u8);
  for (std::int64_t i = 0; i < index.numel(); ++i) {
    index.data<std::uint8_t>()[i] =
        i % 5 == 0 ? kernels::kNoMaximum : static_cast<std::uint8_t>(i * 7 % p.window());
  }
  return index.to(device);
}

}  // namespace

OpCases bn_relu_pool_cases() {
  TableCases forward{"bn_relu_pool_forward", {}, kFloat32AndBf16},
      backward{"bn_relu_pool_backward", {}, kFloat32AndBf16};
  for (const Layer& layer : kLayers) {
    const auto problem = [layer](DType dtype) { return BnReluPoolProblem::make(layer.x, layer.pool, dtype); };
    const BnReluPoolProblem p = problem(DType::f32);
    const Shape c = {p.channels}, y = p.output_shape();
    forward.list.push_back({layer.name,
                            {{layer.x}, channels(c), channels(c, 0.5, 2), channels(c), channels(c)},
                            {y},
                            [problem](DType dtype, auto in, auto out) {
                              kernels::bn_relu_pool_forward(problem(dtype), in[0], in[1], in[2], in[3], in[4],
                                                            out[0], indices(problem(dtype), in[0].device));
                            },
                            1e-6,
                            p.flops(),
                            p.bytes(),
                            layer.bench});
    // Sums over the batch in float32.
    backward.list.push_back({layer.name,
                             {{layer.x}, {y}, channels(c), channels(c, 0.5, 2), channels(c)},
                             {layer.x, c, c},
                             [problem](DType dtype, auto in, auto out) {
                               kernels::bn_relu_pool_backward(problem(dtype), in[0], in[1],
                                                              indices(problem(dtype), in[0].device), in[2],
                                                              in[3], in[4], out[0], out[1], out[2]);
                             },
                             5e-6,
                             p.flops(),
                             3 * p.bytes(),
                             layer.bench,
                             true,
                             {Stored::as_tested, Stored::as_float32, Stored::as_float32}});
  }
  return {forward, backward};
}

}  // namespace sonograd::cases
