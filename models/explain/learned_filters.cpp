#include "models/explain/learned_filters.h"

#include <algorithm>
#include <complex>
#include <numbers>

#include "kernels/harmonic_filters/harmonic_filters.h"
#include "kernels/harmonic_filters/triangle.h"

namespace sonograd::models {
namespace {

constexpr std::size_t kSpectrumPoints = 257;  // 0 Hz to half of the sample rate

std::vector<double> on_grid(std::size_t points, double highest) {
  std::vector<double> frequencies;
  for (std::size_t i = 0; i < points; ++i)
    frequencies.push_back(highest * static_cast<double>(i) / static_cast<double>(points - 1));
  return frequencies;
}

void sort_by_peak(std::vector<LearnedFilter>& filters) {
  std::ranges::stable_sort(filters, {}, &LearnedFilter::peak);
}

LearnedFilter spectrum_of(std::size_t index, std::span<const float> taps, const LearnedFilters& all) {
  LearnedFilter filter = {.index = index, .response = {}};
  const double nyquist = all.frequencies.back();
  for (const double frequency : all.frequencies) {
    std::complex<double> sum = 0;
    for (std::size_t i = 0; i < taps.size(); ++i)
      sum += static_cast<double>(taps[i]) *
             std::polar(1.0, -std::numbers::pi * frequency / nyquist * static_cast<double>(i));
    filter.response.push_back(std::abs(sum));
  }
  const auto peak = std::ranges::max_element(filter.response);
  filter.peak = all.frequencies[static_cast<std::size_t>(peak - filter.response.begin())];
  const double highest = *peak;
  for (double& response : filter.response) response = highest > 0 ? response / highest : 0;
  return filter;
}

// The first convolution of a network on waveforms, in memory [out, k, 1].
std::optional<LearnedFilters> first_layer(const Network& network) {
  for (const layers::ConstStateEntry& entry : network.state()) {
    if (entry.layout != layers::FileLayout::conv1d || entry.shape[2] != 1) continue;
    const Tensor weight = Tensor::copy_of(entry.value, Device{}).to(DType::f32);
    LearnedFilters all = {
        .kind = LearnedFilters::Kind::first_layer,
        .taps = entry.shape[1],
        .frequencies = on_grid(kSpectrumPoints, static_cast<double>(network.input().sample_rate) / 2),
        .filters = {}};
    for (std::int64_t i = 0; i < entry.shape[0]; ++i)
      all.filters.push_back(spectrum_of(static_cast<std::size_t>(i), weight.rows(i, 1).span<float>(), all));
    sort_by_peak(all.filters);
    return all;
  }
  return std::nullopt;
}

double number(const OptionValues& options, std::string_view key) {
  const OptionValue& value = options.find(key)->second;
  if (const auto* const whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return std::get<double>(value);
}

std::optional<LearnedFilters> harmonic(const Model& model) {
  for (const layers::ConstStateEntry& entry : model.network().state()) {
    if (!entry.name.ends_with("bw_Q")) continue;
    const OptionValues& options = model.about().options;
    const double rate = number(options, "sample_rate"), bin_width = rate / number(options, "n_fft");
    const kernels::HarmonicNotes notes = {
        .lowest = number(options, "lowest_note"),
        .per_semitone = static_cast<std::int64_t>(number(options, "filters_per_semitone")),
        .harmonics = static_cast<std::int64_t>(number(options, "harmonics"))};
    const Tensor centres = kernels::harmonic_centres(notes, rate, DType::f64);  // [filters, harmonics]
    LearnedFilters all = {.kind = LearnedFilters::Kind::harmonic,
                          .q = Tensor::copy_of(entry.value, Device{}).item(),
                          .frequencies = model.network().feature_axes().bands,
                          .filters = {}};
    for (std::int64_t i = 0; i < centres.shape()[0]; ++i) {
      LearnedFilter filter = {.index = static_cast<std::size_t>(i),
                              .response = std::vector<double>(all.frequencies.size())};
      for (const double centre : centres.rows(i, 1).span<double>()) {
        const kernels::Triangle<double> triangle(centre, all.q, bin_width);
        if (filter.peak == 0) filter.peak = centre, filter.width = triangle.width();
        for (std::size_t k = 0; k < all.frequencies.size(); ++k)
          filter.response[k] = std::max(filter.response[k], triangle.weight(static_cast<int>(k)));
      }
      all.filters.push_back(std::move(filter));
    }
    sort_by_peak(all.filters);
    return all;
  }
  return std::nullopt;
}

}  // namespace

std::optional<LearnedFilters> learned_filters(const Model& model) {
  const Network& network = model.network();
  return network.feature_axes().unit == FeatureUnit::sample ? first_layer(network) : harmonic(model);
}

}  // namespace sonograd::models
