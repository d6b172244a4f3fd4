#include "kernels/harmonic_filters/harmonic_filters.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::HarmonicFiltersProblem;
using kernels::HarmonicNotes;

// Filters of one sample rate, and spectra of that many bins below half of it.
struct HarmonicSizes {
  const char* name;
  Shape rows;
  std::int64_t bins;
  double sample_rate;
  HarmonicNotes notes = {};
  double lowest_q = 0.5, highest_q = 2;
  bool bench = false;

  double bin_width() const { return sample_rate / (2 * static_cast<double>(bins - 1)); }
  Shape spectrum() const {
    Shape shape = rows;
    shape.push_back(bins);
    return shape;
  }
};

const HarmonicSizes kSizes[] = {
    {"Harmonic CNN, Q 1", {1, 313}, 257, 16000, {}, 1, 1.0001, true},
    {"narrow filters", {2, 9}, 257, 16000, {}, 6, 9},
    {"wide filters", {17}, 65, 16000, {}, -0.1, -0.05},
    {"prime sizes", {3, 13}, 37, 11025, {.lowest = 41, .per_semitone = 3, .harmonics = 5}},
    {"one row, one harmonic", {1}, 17, 2000, {.lowest = 69, .per_semitone = 1, .harmonics = 1}},
};

}  // namespace

OpCases harmonic_filters_cases() {
  TableCases forward{"harmonic_filters_forward", {}}, backward_data{"harmonic_filters_backward_data", {}},
      backward_q{"harmonic_filters_backward_q", {}};
  for (const HarmonicSizes& sizes : kSizes) {
    const Tensor centres = kernels::harmonic_centres(sizes.notes, sizes.sample_rate);
    // Rounded to float32 first, so that all variants get the same centres.
    const auto centres_on = [centres](DType dtype, Device device) { return centres.to(dtype).to(device); };
    const auto problem = [sizes, shape = centres.shape()](DType dtype) {
      return HarmonicFiltersProblem::make(sizes.spectrum(), shape, sizes.bin_width(), dtype);
    };
    const HarmonicFiltersProblem p = problem(DType::f32);
    const Input x = {p.spectrum, 0, 1}, q = {{1}, sizes.lowest_q, sizes.highest_q}, dy = {p.output};
    // Weights differ by a few roundings of bin numbers times their width: a millionth of a height of 1.
    forward.list.push_back({sizes.name,
                            {x, q},
                            {p.output},
                            [problem, centres_on](DType dtype, auto in, auto out) {
                              kernels::harmonic_filters_forward(
                                  problem(dtype), in[0], centres_on(dtype, in[0].device), in[1], out[0]);
                            },
                            5e-6,
                            p.flops(),
                            p.bytes(),
                            sizes.bench});
    backward_data.list.push_back({sizes.name,
                                  {q, dy},
                                  {p.spectrum},
                                  [problem, centres_on](DType dtype, auto in, auto out) {
                                    kernels::harmonic_filters_backward_data(problem(dtype),
                                                                            centres_on(dtype, in[0].device),
                                                                            in[0], in[1], out[0]);
                                  },
                                  5e-6,
                                  p.flops(),
                                  p.bytes(),
                                  sizes.bench});
    // One sum of products of either sign over all elements: it may be small beside its terms.
    backward_q.list.push_back({sizes.name,
                               {x, q, dy},
                               {{1}},
                               [problem, centres_on](DType dtype, auto in, auto out) {
                                 kernels::harmonic_filters_backward_q(problem(dtype), in[0],
                                                                      centres_on(dtype, in[0].device), in[1],
                                                                      in[2], out[0]);
                               },
                               1e-4,
                               p.flops(),
                               p.bytes(),
                               sizes.bench});
  }
  return {forward, backward_data, backward_q};
}

}  // namespace sonograd::cases
