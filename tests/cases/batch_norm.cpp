#include "kernels/batch_norm/batch_norm.h"

#include "kernels/copy/copy.h"
#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::BatchNormProblem;

// Statistics and parameters of channels, which are float32 for every storage type of the maps.
Input channels(const Shape& c, double low = -1, double high = 1) {
  return {c, low, high, DType::f32, Stored::as_float32};
}

struct Layer {
  const char* name;
  Shape x;
  bool bench = false;
};

// Maps of real networks with few examples, then primes, one channel, one row more than a fold, wide rows.
const Layer kLayers[] = {
    {"fcn layer1", {1, 90, 96, 64}, true},
    {"sample_cnn layer1", {2, 729, 128}, true},
    {"spectrogram", {2, 231, 96, 1}, true},
    {"prime sizes", {3, 17, 13, 7}},
    {"two values", {2, 1}},
    {"one row more than a fold", {257, 1}},
    {"wide", {37, 521}},
    {"few rows of many channels", {2, 100}},
};

}  // namespace

OpCases batch_norm_cases() {
  TableCases statistics{"batch_norm_statistics", {}, kFloat32AndBf16},
      apply{"batch_norm_apply", {}, kFloat32AndBf16};
  TableCases inverse{"inverse_deviation", {}}, backward{"batch_norm_backward", {}, kFloat32AndBf16};
  for (const Layer& layer : kLayers) {
    const auto problem = [x = layer.x](DType dtype) { return BatchNormProblem::make(x, dtype); };
    const BatchNormProblem p = problem(DType::f32);
    const Shape c = {p.channels};
    // Means and deviations of up to half a million numbers far from zero; outputs are replaced, averages
    // move from their start values.
    statistics.list.push_back({layer.name,
                               {{layer.x, 40, 42}, channels(c), channels(c, 0.5, 2)},
                               {c, c, c, c},
                               [problem](DType dtype, auto in, auto out) {
                                 kernels::copy(in[1], out[2]);
                                 kernels::copy(in[2], out[3]);
                                 kernels::batch_norm_statistics(problem(dtype), in[0], 1e-5, out[0].view,
                                                                out[1].view, {out[2].view, out[3].view, 0.1});
                               },
                               1e-5,
                               p.flops(),
                               p.bytes(),
                               layer.bench,
                               false,
                               std::vector<Stored>(4, Stored::as_float32)});
    inverse.list.push_back(
        {layer.name,
         {{c, 0, 2}},
         {c},
         [](DType, auto in, auto out) { kernels::inverse_deviation(in[0], 1e-5, out[0].view); },
         1e-6,
         static_cast<double>(p.channels),
         8.0 * static_cast<double>(p.channels),
         layer.bench,
         false});
    apply.list.push_back({layer.name,
                          {{layer.x}, channels(c), channels(c, 0.5, 2), channels(c), channels(c)},
                          {layer.x},
                          [problem](DType dtype, auto in, auto out) {
                            kernels::batch_norm_apply(problem(dtype), in[0], in[1], in[2], in[3], in[4],
                                                      out[0]);
                          },
                          5e-7,
                          p.flops(),
                          2 * p.bytes(),
                          layer.bench});
    for (const bool batch : {true, false}) {
      // Sums over the batch in float32.
      backward.list.push_back({concat(layer.name, batch ? "" : ", evaluation"),
                               {{layer.x}, {layer.x}, channels(c), channels(c, 0.5, 2), channels(c)},
                               {layer.x, c, c},
                               [problem, batch](DType dtype, auto in, auto out) {
                                 kernels::batch_norm_backward(problem(dtype), in[0], in[1], in[2], in[3],
                                                              in[4], batch, out[0], out[1], out[2]);
                               },
                               5e-6,
                               p.flops(),
                               5 * p.bytes(),
                               layer.bench && batch,
                               true,
                               {Stored::as_tested, Stored::as_float32, Stored::as_float32}});
    }
  }
  return {statistics, inverse, apply, backward};
}

}  // namespace sonograd::cases
