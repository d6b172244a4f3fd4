#include "kernels/harmonic_filters/harmonic_filters.h"

#include <cmath>

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/core/zero.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<HarmonicFiltersForward> harmonic_filters_forward_reference,
    harmonic_filters_forward_spans;
extern const KernelVariant<HarmonicFiltersBackwardData> harmonic_filters_backward_data_reference,
    harmonic_filters_backward_data_spans;
extern const KernelVariant<HarmonicFiltersBackwardQ> harmonic_filters_backward_q_reference,
    harmonic_filters_backward_q_spans;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(
    extern const KernelVariant<HarmonicFiltersForward> harmonic_filters_forward_naive,
    harmonic_filters_forward_spans;
    extern const KernelVariant<HarmonicFiltersBackwardData> harmonic_filters_backward_data_naive,
    harmonic_filters_backward_data_lists;
    extern const KernelVariant<HarmonicFiltersBackwardQ> harmonic_filters_backward_q_naive,
    harmonic_filters_backward_q_two_pass;)

namespace {

constexpr const KernelVariant<HarmonicFiltersForward>* kForward[] = {
    &cpu::harmonic_filters_forward_reference,
    &cpu::harmonic_filters_forward_spans,
    SONOGRAD_ON_CUDA(harmonic_filters_forward_naive),
    SONOGRAD_ON_CUDA(harmonic_filters_forward_spans),
};
constexpr const KernelVariant<HarmonicFiltersBackwardData>* kBackwardData[] = {
    &cpu::harmonic_filters_backward_data_reference,
    &cpu::harmonic_filters_backward_data_spans,
    SONOGRAD_ON_CUDA(harmonic_filters_backward_data_naive),
    SONOGRAD_ON_CUDA(harmonic_filters_backward_data_lists),
};
constexpr const KernelVariant<HarmonicFiltersBackwardQ>* kBackwardQ[] = {
    &cpu::harmonic_filters_backward_q_reference,
    &cpu::harmonic_filters_backward_q_spans,
    SONOGRAD_ON_CUDA(harmonic_filters_backward_q_naive),
    SONOGRAD_ON_CUDA(harmonic_filters_backward_q_two_pass),
};

// Numbers of bins are exact in float32.
constexpr std::int64_t kMostBins = 1 << 24;

void check(const HarmonicFiltersProblem& p, std::string_view name, const View& view, const Shape& shape) {
  check_dense("harmonic_filters", name, view, shape, p.dtype);
}

}  // namespace

HarmonicFiltersProblem HarmonicFiltersProblem::make(const Shape& spectrum, const Shape& centres,
                                                    double bin_width, DType dtype) {
  if (centres.rank() != 2 || centres.numel() < 1)
    throw ShapeError(concat(
        "[harmonic_filters] centres: expected [filters, harmonics], at least one each, got ", centres));
  if (spectrum.rank() < 1 || spectrum[-1] < 1 || spectrum[-1] > kMostBins)
    throw ShapeError(
        concat("[harmonic_filters] x: expected [..., bins] with 1 to ", kMostBins, " bins, got ", spectrum));
  check_number("harmonic_filters", "bin_width", bin_width, bin_width > 0 && std::isfinite(bin_width),
               "a number of Hz above 0");
  Shape output = spectrum.with(-1, centres[0]);
  output.push_back(centres[1]);
  return {.spectrum = spectrum,
          .output = output,
          .rows = spectrum.numel() / spectrum[-1],
          .bins = spectrum[-1],
          .filters = centres[0],
          .harmonics = centres[1],
          .bin_width = bin_width,
          .dtype = dtype};
}

void harmonic_filters_forward(const HarmonicFiltersProblem& p, const View& x, const View& centres,
                              const View& q, const Out& y) {
  check(p, "x", x, p.spectrum);
  check(p, "centres", centres, {p.filters, p.harmonics});
  check(p, "q", q, {1});
  check(p, "y", y.view, p.output);
  run<HarmonicFiltersForward>(kForward, p, {x, centres, q, y});
}

void harmonic_filters_backward_data(const HarmonicFiltersProblem& p, const View& centres, const View& q,
                                    const View& dy, const Out& dx) {
  check(p, "centres", centres, {p.filters, p.harmonics});
  check(p, "q", q, {1});
  check(p, "dy", dy, p.output);
  check(p, "dx", dx.view, p.spectrum);
  run<HarmonicFiltersBackwardData>(kBackwardData, p, {centres, q, dy, dx});
}

void harmonic_filters_backward_q(const HarmonicFiltersProblem& p, const View& x, const View& centres,
                                 const View& q, const View& dy, const Out& dq) {
  check(p, "x", x, p.spectrum);
  check(p, "centres", centres, {p.filters, p.harmonics});
  check(p, "q", q, {1});
  check(p, "dy", dy, p.output);
  check(p, "dq", dq.view, {1});
  if (p.rows == 0) return write_zero(dq);
  run<HarmonicFiltersBackwardQ>(kBackwardQ, p, {x, centres, q, dy, dq});
}

Tensor harmonic_centres(const HarmonicNotes& notes, double sample_rate, DType dtype) {
  const auto [lowest, per_semitone, harmonics] = notes;
  check_number("harmonic_filters", "lowest note", lowest, lowest >= 0 && lowest <= 127, "0 to 127");
  if (per_semitone < 1 || harmonics < 1)
    throw ConfigError(concat("[harmonic_filters] filters a semitone, harmonics: expected at least 1, got ",
                             per_semitone, " and ", harmonics));
  check_number("harmonic_filters", "sample rate", sample_rate, sample_rate > 0, "a number of Hz above 0");
  const double end =
      std::round(69 + 12 * std::log2(sample_rate / (2 * static_cast<double>(harmonics)) / 440));
  const auto filters =
      static_cast<std::int64_t>(std::floor((end - lowest) * static_cast<double>(per_semitone)));
  if (filters < 1)
    throw ConfigError(concat("[harmonic_filters] lowest note ", lowest, ": expected one below ", end,
                             ", the last whose ", harmonics, " harmonics lie below half of ", sample_rate,
                             " Hz"));
  const Tensor centres = Tensor::empty({filters, harmonics}, DType::f64);
  for (std::int64_t f = 0; f < filters; ++f) {
    const double note = lowest + static_cast<double>(f) / static_cast<double>(per_semitone);
    for (std::int64_t h = 0; h < harmonics; ++h) {
      centres.data<double>()[f * harmonics + h] =
          static_cast<double>(h + 1) * 440 * std::exp2((note - 69) / 12);
    }
  }
  return centres.to(dtype);
}

TableList harmonic_filters_tables() {
  return {describe<HarmonicFiltersForward>(kForward), describe<HarmonicFiltersBackwardData>(kBackwardData),
          describe<HarmonicFiltersBackwardQ>(kBackwardQ)};
}

}  // namespace sonograd::kernels
