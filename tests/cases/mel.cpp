#include "kernels/mel/mel.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::DbOptions;
using kernels::MelOptions;
using kernels::MelProblem;
using kernels::MelScale;

struct Bank {
  const char* name;
  std::int64_t frames;
  MelOptions options;
  bool bench = false;
};

const Bank kBanks[] = {
    {"16 kHz taggers", 231, {}, true},
    {"an empty band", 35, {.n_mels = 128}, true},
    {"librosa", 20, {22050, 2048, 128, 0, 11025, MelScale::slaney, kernels::MelNorm::slaney}, true},
    {"one frame, one band", 1, {.n_fft = 16, .n_mels = 1}},
    {"prime sizes", 17, {.n_fft = 73, .n_mels = 11, .f_min = 50, .f_max = 7000}},
};

}  // namespace

OpCases mel_cases() {
  TableCases project{"mel_project", {}}, decibels{"power_to_db", {}},
      decibels_backward{"power_to_db_backward", {}};
  for (const Bank& bank : kBanks) {
    const Shape power = {1, bank.frames, bank.options.n_fft / 2 + 1};
    const auto p = MelProblem::make(power, {power[2], bank.options.n_mels});
    project.list.push_back({bank.name,
                            {{power, 0, 1}},
                            {p.output},
                            [options = bank.options](DType dtype, auto in, auto out) {
                              // Rounded to float32 first, so that all variants get the same bank.
                              const Tensor weights = mel_filter_bank(options).to(dtype).to(in[0].device);
                              kernels::mel_project(MelProblem::make(in[0].shape, weights.shape(), dtype),
                                                   in[0], weights, out[0]);
                            },
                            1e-6,
                            p.flops(),
                            p.bytes(),
                            bank.bench});
  }
  const struct {
    const char* name;
    Shape x;
    DbOptions options;
    double tolerance = 1e-6;
  } kArrays[] = {{"spectrogram", {2, 231, 96}, {}},
                 {"limited range", {3, 7, 2741}, {.ref = 0.5, .top_db = 20}},
                 {"narrow range",
                  {5, 67},
                  {.top_db = 1e-4},
                  2e-5},  // the largest result is near 0, that of a power near 1
                 {"range of 0", {61}, {.top_db = 0}},
                 {"floor", {31}, {.amin = 0.5}},
                 {"other reference", {2, 13, 5}, {.ref = 3, .amin = 1e-3}}};
  for (const auto& array : kArrays) {
    const auto bytes = 8.0 * static_cast<double>(array.x.numel());
    decibels.list.push_back({array.name,
                             {{array.x, 1e-6, 1}},
                             {array.x},
                             [options = array.options](DType, auto in, auto out) {
                               kernels::power_to_db(in[0], options, out[0]);
                             },
                             array.tolerance,
                             0,
                             bytes,
                             true});
    if (array.options.top_db) continue;
    // Around the floor: a power there has a gradient, or none.
    const double floor = array.options.amin;
    decibels_backward.list.push_back({array.name,
                                      {{array.x, 0.5 * floor, 100 * floor}, {array.x}},
                                      {array.x},
                                      [options = array.options](DType, auto in, auto out) {
                                        kernels::power_to_db_backward(in[0], options, in[1], out[0]);
                                      },
                                      1e-6,
                                      0,
                                      1.5 * bytes,
                                      true});
  }
  return {project, decibels, decibels_backward};
}

}  // namespace sonograd::cases
