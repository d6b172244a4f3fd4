#include "kernels/stft/stft.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::PadMode;
using kernels::StftOptions;
using kernels::StftProblem;

struct Transform {
  const char* name;
  Shape x;
  std::int64_t win_length;
  StftOptions options;
  bool bench = false;
};

// Front ends of real networks, then other lengths: odd, prime, composite, one, two; short windows, both
// paddings.
const Transform kTransforms[] = {
    {"16 kHz taggers", {1, 16000}, 512, {512, 256}, true},
    {"music tagging transformer", {1, 22050}, 1024, {1024, 512}, true},
    {"librosa", {1, 22050}, 2048, {2048, 512, true, PadMode::zero}, true},
    {"radix 2, 3 and 5", {2, 2000}, 480, {480, 160}},
    {"odd", {3, 700}, 225, {225, 100}},
    {"prime", {1, 700}, 211, {211, 97, false}},
    {"twice a prime", {1, 700}, 202, {202, 97}},
    {"longest in shared memory", {1, 8500}, 8192, {8192, 4096, false}},
    {"short window", {2, 500}, 99, {256, 64, true, PadMode::zero}},
    {"one point", {1, 5}, 1, {1, 1}},
    {"two points", {1, 40}, 2, {2, 1}},
};

}  // namespace

OpCases stft_cases() {
  TableCases complex{"stft", {}}, power{"power_spectrogram", {}};
  for (const Transform& transform : kTransforms) {
    const auto problem = [transform](DType dtype) {
      return StftProblem::make(transform.x, transform.win_length, transform.options, dtype);
    };
    const StftProblem p = problem(DType::f32);
    const std::vector<Input> inputs = {{transform.x}, {{transform.win_length}, 0, 1}};
    // A transform by primes adds up to 211 products; fast ones are ten times better.
    complex.list.push_back(
        {transform.name,
         inputs,
         {p.complex_shape()},
         [problem](DType dtype, auto in, auto out) { kernels::stft(problem(dtype), in[0], in[1], out[0]); },
         1e-6,
         p.flops(),
         2 * p.bytes(),
         transform.bench});
    power.list.push_back({transform.name,
                          inputs,
                          {p.power_shape()},
                          [problem](DType dtype, auto in, auto out) {
                            kernels::power_spectrogram(problem(dtype), in[0], in[1], out[0]);
                          },
                          1e-6,
                          p.flops(),
                          p.bytes(),
                          transform.bench});
  }
  return {complex, power};
}

}  // namespace sonograd::cases
